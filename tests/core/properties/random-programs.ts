import fc from 'fast-check'
import {
  type Array as JaxArray,
  type ArrayLike,
  checkpoint,
  customJvp,
  customVjp,
  jit,
  jnp,
  lax,
  random,
  vmap,
} from '../../../core/index.ts'

/** Length of every value of a program. */
export const length = 3

const matrix = () => jnp.array([0.5, -0.2, 0.1, 0.3, 0.4, -0.6, -0.1, 0.2, 0.7]).reshape([length, length])

/** One step of a random program: from two earlier values to a new one, all of one shape. */
type Step = (a: JaxArray, b: JaxArray) => ArrayLike

const softplus = customJvp((x: JaxArray) => jnp.log1p(jnp.exp(x)))
softplus.defjvp(([x]: [JaxArray], [t]: [JaxArray]) => [
  softplus(x),
  jnp.multiply(t, jnp.divide(1, jnp.add(1, jnp.exp(x.neg())))),
])

const cubed = customVjp((x: JaxArray) => x.mul(x).mul(x))
cubed.defvjp(
  (x: JaxArray) => [cubed(x), x],
  (x: JaxArray, ct: JaxArray) => [ct.mul(x).mul(x).mul(3)],
)

/** Smooth almost everywhere and bounded, so that finite differences mean something. */
const steps: Readonly<Record<string, Step>> = {
  add: (a, b) => a.add(b),
  sub: (a, b) => a.sub(b),
  mul: (a, b) => a.mul(jnp.tanh(b)),
  div: (a, b) => a.div(jnp.add(2, jnp.cos(b))),
  sin: (a) => jnp.sin(a),
  tanh: (a) => jnp.tanh(a),
  exp: (a) => jnp.exp(jnp.tanh(a)),
  log1p: (a) => jnp.log1p(a.mul(a)),
  sqrt: (a) => jnp.sqrt(jnp.add(1, a.mul(a))),
  square: (a) => jnp.square(jnp.tanh(a)),
  logistic: (a) => jnp.divide(1, jnp.add(1, jnp.exp(a.neg()))),
  reverse: (a) => jnp.flip(a),
  roll: (a, b) => jnp.roll(a, 1).mul(jnp.cos(b)),
  cumulate: (a) => jnp.cumsum(jnp.tanh(a)),
  spread: (a, b) => jnp.broadcastTo(jnp.mean(a), [length]).add(b),
  matmul: (a) => jnp.matmul(matrix(), a),
  outer: (a, b) => jnp.sum(jnp.outer(jnp.tanh(a), jnp.sin(b)), 1),
  pick: (a) => jnp.take(a, jnp.array([2, 0, 0], { dtype: 'int32' })),
  scatter: (a, b) => a.at(1).add(jnp.sum(jnp.sin(b))),
  pad: (a) => jnp.concatenate([a.slice(0).reshape([1]), jnp.zeros(1), jnp.sin(a.slice(1)).reshape([1])]),
  select: (a, b) => jnp.where(jnp.array([true, false, true]), a, b),
  cbrt: (a) => jnp.cbrt(jnp.add(2, jnp.sin(a))),
  expm1: (a) => jnp.expm1(jnp.tanh(a)),
  exp2: (a) => lax.exp2(jnp.tanh(a)),
  atan2: (a, b) => jnp.arctan2(a, jnp.add(2, jnp.cos(b))),
  arcs: (a) =>
    jnp
      .arcsinh(a)
      .add(jnp.arctan(a))
      .add(jnp.arcsin(jnp.sin(a).mul(0.5))),
  hyperbolic: (a) =>
    jnp
      .sinh(jnp.tanh(a))
      .add(jnp.cosh(jnp.tanh(a)))
      .add(jnp.arctanh(jnp.sin(a).mul(0.5))),
  arc_cosines: (a) => jnp.arccos(jnp.sin(a).mul(0.5)).add(jnp.arccosh(jnp.add(2.5, jnp.sin(a)))),
  erf: (a) =>
    lax
      .erf(a)
      .add(lax.erfc(a.mul(0.5)))
      .add(lax.erfInv(jnp.sin(a).mul(0.5))),
  gamma: (a) => lax.lgamma(jnp.add(3, jnp.sin(a))).add(lax.digamma(jnp.add(3, jnp.cos(a)))),
  rsqrt: (a) =>
    lax
      .rsqrt(jnp.add(1, a.mul(a)))
      .add(lax.logistic(a))
      .add(jnp.tan(jnp.tanh(a))),
  power: (a, b) => jnp.power(jnp.add(2, jnp.sin(a)), jnp.cos(b)).add(lax.integerPow(jnp.tanh(a), 3)),
  logsumexp: (a, b) => jnp.logaddexp(a, b).add(lax.cumlogsumexp(jnp.tanh(a))),
  cumulative_product: (a) => jnp.cumprod(jnp.cos(a)),
  product: (a, b) => jnp.broadcastTo(jnp.prod(jnp.cos(a)), [length]).mul(jnp.sin(b)),
  complex: (a, b) =>
    jnp.abs(jnp.exp(lax.complex(jnp.tanh(a), b))).add(jnp.real(jnp.multiply(lax.complex(a, b), lax.complex(b, a)))),
  fft: (a) => jnp.real(jnp.fft.ifft(jnp.fft.fft(lax.complex(jnp.sin(a), jnp.cos(a))))),
  dynamic_slice: (a, b) => lax.dynamicUpdateSlice(a, jnp.sin(lax.dynamicSlice(b, [1], [2])), [0]),
  convolve: (a, b) => jnp.convolve(jnp.tanh(a), jnp.sin(b), { mode: 'same' }),
  solve: (a) => jnp.linalg.solve(matrix().add(jnp.multiply(2, jnp.eye(length))), a),
  cholesky: (a) =>
    jnp.ravel(jnp.linalg.cholesky(jnp.multiply(2, jnp.eye(length)).add(jnp.outer(jnp.tanh(a), jnp.tanh(a)))).slice(2)),
  transpose: (a, b) => jnp.sum(jnp.transpose(jnp.outer(jnp.sin(a), b)), 0).mul(jnp.exp(jnp.abs(b).neg())),
  split: (a) => jnp.concatenate([...jnp.split(jnp.sin(a), [1])].reverse()),
  reduce_precision: (a) => lax.reducePrecision(a, 11, 52),
  custom_jvp: (a) => softplus(jnp.tanh(a)),
  custom_vjp: (a) => cubed(jnp.tanh(a)),
  jit: (a, b) => jit((x: JaxArray, y: JaxArray) => jnp.sin(x).mul(jnp.cos(y)))(a, b),
  checkpoint: (a, b) => checkpoint((x: JaxArray, y: JaxArray) => jnp.tanh(x).add(jnp.sin(y)))(a, b),
  vmap: (a, b) => vmap((x: JaxArray, y: JaxArray) => jnp.sin(x).mul(jnp.sum(jnp.cos(y))), [0, null])(a, b),
  cond: (a, b) =>
    one(
      lax.cond(
        jnp.greater(jnp.sum(b), 0.1),
        (x: JaxArray) => jnp.sin(x),
        (x: JaxArray) => x.mul(0.5),
        a,
      ),
    ),
  scan: (a, b) =>
    one(lax.scan((c: JaxArray, x: JaxArray) => [jnp.tanh(c.add(x)), c.mul(x)], jnp.sum(jnp.tanh(a)), jnp.sin(b))[1]),
  fori: (a, b) => one(lax.foriLoop(0, 3, (_: JaxArray, c: JaxArray) => jnp.sin(c).add(b.mul(0.1)), a)),
  while: (a) =>
    one(
      (
        lax.whileLoop(
          ([i]: [JaxArray, JaxArray]) => jnp.less(i, 2),
          ([i, c]: [JaxArray, JaxArray]) => [i.add(1), jnp.sin(c)],
          [jnp.array(0, { dtype: 'int32' }), lax.stopGradient(a)],
        ) as [JaxArray, JaxArray]
      )[1],
    ),
  associative_scan: (a) => one(lax.associativeScan((x: JaxArray, y: JaxArray) => x.mul(y), jnp.cos(a))),
}

/** Steps that draw numbers, always the same ones. */
const noisySteps: Readonly<Record<string, Step>> = {
  noise: (a) => a.mul(random.normal(random.key(1), [length]).clip(-1, 1)),
  noisy_scan: (a) =>
    one(
      lax.scan(
        (c: JaxArray, key: JaxArray) => [jnp.tanh(c.add(random.uniform(key))), c],
        jnp.tanh(a),
        random.split(random.key(2), 2),
      )[0],
    ),
}

function one(value: unknown): JaxArray {
  return jnp.asarray(value as ArrayLike)
}

export interface RandomProgram {
  readonly text: string
  readonly run: (x: JaxArray) => JaxArray
}

const allSteps = { ...steps, ...noisySteps }
const names = Object.keys(steps)

let made = 0

/** How many programs there have been so far. */
export function programsMade(): number {
  return made
}

/** Programs of up to `size` steps, each of which is one or more equations. Shrinks by leaving steps out. */
export function randomPrograms(
  size: number,
  without: readonly string[] = [],
  noise = false,
): fc.Arbitrary<RandomProgram> {
  const drawn = noise ? Object.keys(allSteps) : names
  const allowed = drawn.filter((name) => !without.includes(name))
  const step = fc.tuple(fc.constantFrom(...allowed), fc.nat(), fc.nat())
  return fc.array(step, { minLength: 1, maxLength: size }).map(
    (list) => (
      made++,
      {
        text: list.map(([name, a, b]) => `${name}(${a},${b})`).join(' '),
        run: (x: JaxArray) => {
          const values = [x]
          for (const [name, a, b] of list) {
            values.push(one(allSteps[name](values[a % values.length], values[b % values.length])))
          }
          // Everything that was computed counts, the last most.
          return values.slice(1).reduce((total, value, i) => total.add(value.mul(1 / (list.length - i))), x.mul(0))
        },
      }
    ),
  )
}
