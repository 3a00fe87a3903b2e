import { JaxTypeError, ValueError } from '../../errors.ts'
import { formatShape } from '../../ir/aval.ts'
import { divide, maximum, multiply, subtract } from '../../numpy/arithmetic.ts'
import { asarray } from '../../numpy/creation.ts'
import { diff } from '../../numpy/cumulative.ts'
import { slice } from '../../numpy/index-expression.ts'
import { getItem } from '../../numpy/indexing.ts'
import { atleast1d, expandDims } from '../../numpy/shape.ts'
import { searchsorted } from '../../numpy/sorting.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { registerPytreeNode } from '../../tree/pytree.ts'
import { Rotation } from './rotation.ts'

interface SlerpParts {
  readonly times: JaxArray
  /** The time from each rotation to the next. */
  readonly timedelta: JaxArray
  /** All rotations but the last. */
  readonly rotations: Rotation
  /** The way from each rotation to the next: an axis times an angle. */
  readonly rotvecs: JaxArray
}

/**
 * Rotations between given ones, at even angular speed about one axis. JAX: `jax.scipy.spatial.transform.Slerp`; what
 * is a call in JAX is `evaluate` here.
 *
 * @example
 * const { Rotation, Slerp } = scipy.spatial.transform
 * const turn = Rotation.fromEuler('z', jnp.array([[0], [90]]), { degrees: true })
 * Slerp.init(jnp.array([0, 1]), turn).evaluate(0.5).magnitude() // π / 4
 */
export class Slerp implements SlerpParts {
  readonly times: JaxArray
  readonly timedelta: JaxArray
  readonly rotations: Rotation
  readonly rotvecs: JaxArray

  constructor({ times, timedelta, rotations, rotvecs }: SlerpParts) {
    this.times = times
    this.timedelta = timedelta
    this.rotations = rotations
    this.rotvecs = rotvecs
  }

  /** From increasing times and the rotations at them, at least two. */
  static init(times: JaxArray, rotations: Rotation): Slerp {
    const given: unknown = rotations
    if (!(given instanceof Rotation)) throw new JaxTypeError('Slerp.init takes a Rotation.')
    if (given.single || given.length === 1) throw new ValueError('Slerp.init takes at least two rotations.')
    const known = asarray(times, { dtype: given.quat.dtype })
    if (known.ndim !== 1 || known.shape[0] !== given.length) {
      throw new ValueError(
        `Slerp.init: ${given.length} rotations have as many times, got shape ${formatShape(known.shape)}.`,
      )
    }
    const quats = given.asQuat()
    const from = new Rotation(getItem(quats, [slice(-1)]))
    const to = new Rotation(getItem(quats, [slice(1, null)]))
    return new Slerp({ times: known, timedelta: diff(known), rotations: from, rotvecs: from.inv().mul(to).asRotvec() })
  }

  /** The rotations at one time or at several. */
  evaluate(times: ArrayLike): Rotation {
    const wanted = asarray(times, { dtype: this.times.dtype })
    if (wanted.ndim > 1) throw new ValueError(`Slerp: times are a vector, got shape ${formatShape(wanted.shape)}.`)
    const moments = atleast1d(wanted)
    const index = maximum(subtract(searchsorted(this.times, moments), 1), 0)
    const passed = subtract(moments, getItem(this.times, [index]))
    const share = expandDims(divide(passed, getItem(this.timedelta, [index])), 1)
    const onward = Rotation.fromRotvec(multiply(getItem(this.rotvecs, [index]), share))
    const result = this.rotations.slice(index).mul(onward)
    return wanted.ndim === 0 ? result.slice(0) : result
  }
}

registerPytreeNode(
  Slerp,
  ({ times, timedelta, rotations, rotvecs }) => ({ children: [times, timedelta, rotations, rotvecs], aux: null }),
  (_, [times, timedelta, rotations, rotvecs]) => {
    const made: unknown = Object.assign(Object.create(Slerp.prototype), { times, timedelta, rotations, rotvecs })
    if (!(made instanceof Slerp)) throw new Error('internal: a Slerp without its class')
    return made
  },
)
