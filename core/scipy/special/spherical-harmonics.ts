import { ConcretizationTypeError, NotImplementedError, ValueError } from '../../errors.ts'
import { formatShape } from '../../ir/aval.ts'
import { staticInteger } from '../../lax/arguments.ts'
import { abs, clip, maximum, minimum, multiply, subtract } from '../../numpy/arithmetic.ts'
import { conj } from '../../numpy/complex.ts'
import { arange, array, onesLike } from '../../numpy/creation.ts'
import { getItem } from '../../numpy/indexing.ts'
import { slice } from '../../numpy/index-expression.ts'
import { stack } from '../../numpy/joining.ts'
import { equal, less } from '../../numpy/logic.ts'
import { asArray, promoteToFloat } from '../../numpy/promotion.ts'
import { pad } from '../../numpy/rearranging.ts'
import { max } from '../../numpy/reductions.ts'
import { where } from '../../numpy/selection.ts'
import { cos, sin, sqrt } from '../../numpy/transcendental.ts'
import { complex } from '../../primitives/complex.ts'
import { type ArrayLike, JaxArray } from '../../tracing/array.ts'
import { hostValueOf } from '../../tracing/host-value.ts'
import { checkOptions } from '../../tree/options.ts'

/** What `sphHarmY` may be told. */
export interface SphHarmOptions {
  /** Not available. */
  readonly diffN?: number | null
  /** The highest degree, which must be known while tracing; higher degrees count as this one. */
  readonly nMax?: number | null
}

/**
 * Spherical harmonics of degrees `n` and orders `m`, vectors of integers, at colatitudes `theta` between 0 and π and
 * longitudes `phi`, each with its own point. JAX: `jax.scipy.special.sph_harm_y`.
 *
 * @example
 * const [n, m] = [jnp.array([1], { dtype: 'int32' }), jnp.array([0], { dtype: 'int32' })]
 * jnp.real(scipy.special.sphHarmY(n, m, jnp.array([0]), jnp.array([0]))) // [0.4886025]
 */
export function sphHarmY(
  n: JaxArray,
  m: JaxArray,
  theta: ArrayLike,
  phi: ArrayLike,
  options: SphHarmOptions = {},
): JaxArray {
  const name = 'scipy.special.sphHarmY'
  checkOptions(name, options, ['diffN', 'nMax'])
  if ((options.diffN ?? null) !== null) throw new NotImplementedError(`${name} has no derivatives: diffN is null.`)
  const [degrees, orders] = [asArray(name, n), asArray(name, m)]
  if (degrees.ndim !== 1) {
    throw new ValueError(`${name}: degrees are a vector, got shape ${formatShape(degrees.shape)}.`)
  }
  const highest = highestDegree(name, options.nMax ?? max(degrees))
  const [colatitude] = promoteToFloat(name, theta)
  const points = colatitude.ndim === 0 ? colatitude.reshape(1) : colatitude
  const order = abs(orders)
  const legendre = chosen(diagonals(highest, cos(points)), order, degrees)
  const angle = multiply(order, phi)
  const harmonics = complex(...withParts(legendre, cos(angle), sin(angle)))
  const sign = where(equal(order.mod(2), 0), 1, -1)
  return where(less(orders, 0), multiply(sign, conj(harmonics)), harmonics)
}

function highestDegree(name: string, given: ArrayLike): number {
  if (given instanceof JaxArray && hostValueOf(given) === null) {
    throw new ConcretizationTypeError(`${name}: the highest degree decides how long the recurrence is and is traced.`, {
      hint: 'Give it as nMax.',
    })
  }
  return staticInteger(name, 'nMax', given)
}

function withParts(size: JaxArray, re: JaxArray, im: JaxArray): [re: JaxArray, im: JaxArray] {
  return [multiply(size, re), multiply(size, im)]
}

/**
 * Normalized associated Legendre functions at points `x`, by recurrence: entry `i` holds those whose degree exceeds
 * their order by `i`, one order a row.
 */
function diagonals(highest: number, x: JaxArray): JaxArray[] {
  const sine = sqrt(subtract(1, multiply(x, x)))
  const { dtype } = x
  const column = (values: readonly number[]): JaxArray => array(values, { dtype }).reshape(values.length, 1)
  const rows = (from: number, coefficient: (order: number) => number): JaxArray =>
    column(Array.from({ length: highest + 1 - from }, (_, order) => coefficient(order)))
  const powers = [onesLike(x)]
  for (let order = 1; order <= highest; order++) powers.push(multiply(powers[order - 1], sine))
  let factor = 0.5 / Math.sqrt(Math.PI)
  const factors = powers.map((_, order) => (factor *= order === 0 ? 1 : -Math.sqrt(1 + 0.5 / order)))
  const result = [multiply(column(factors), stack(powers))]
  const upTo = (table: JaxArray, count: number): JaxArray => getItem(table, [slice(count)])
  if (highest > 0) {
    const first = rows(1, (order) => Math.sqrt(2 * order + 3))
    result.push(multiply(multiply(first, upTo(result[0], highest)), x))
  }
  for (let i = 2; i <= highest; i++) {
    const count = highest + 1 - i
    const a = rows(i, (m) => Math.sqrt((4 * (m + i) ** 2 - 1) / ((m + i) ** 2 - m ** 2)))
    const b = rows(i, (m) => {
      const l = m + i
      return Math.sqrt(((2 * l + 1) * ((l - 1) ** 2 - m ** 2)) / ((2 * l - 3) * (l ** 2 - m ** 2)))
    })
    const onward = multiply(multiply(a, upTo(result[i - 1], count)), x)
    result.push(subtract(onward, multiply(b, upTo(result[i - 2], count))))
  }
  return result
}

/** The function of each point's own order and degree; 0 where the order is above the degree. */
function chosen(table: readonly JaxArray[], order: JaxArray, degree: JaxArray): JaxArray {
  const highest = table.length - 1
  const count = table[0].shape[1]
  const whole = stack(
    table.map((part, i) =>
      pad(part, [
        [0, i],
        [0, 0],
      ]),
    ),
  )
  const row = minimum(order, highest)
  const above = subtract(clip(degree, 0, highest), row)
  const point = minimum(arange(degree.shape[0], { dtype: 'int32' }), count - 1)
  const value = getItem(whole, [maximum(above, 0), row, point])
  return where(less(above, 0), 0, value)
}
