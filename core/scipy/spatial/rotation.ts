import { JaxTypeError, NotImplementedError, ValueError } from '../../errors.ts'
import { formatShape } from '../../ir/aval.ts'
import { multiply } from '../../numpy/arithmetic.ts'
import { dot } from '../../numpy/contraction.ts'
import { type DTypeLike, array, asarray, ones } from '../../numpy/creation.ts'
import type { Index } from '../../numpy/index-expression.ts'
import { getItem } from '../../numpy/indexing.ts'
import { concatenate } from '../../numpy/joining.ts'
import { eigh } from '../../numpy/linalg/index.ts'
import { asArray } from '../../numpy/promotion.ts'
import { roll } from '../../numpy/rearranging.ts'
import { atleast1d } from '../../numpy/shape.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { checkOptions } from '../../tree/options.ts'
import { registerPytreeNode } from '../../tree/pytree.ts'
import { eulerAxes, fromEulerAngles, toEulerAngles } from './euler-angles.ts'
import {
  applied,
  canonical,
  fromMatrix,
  fromMrp,
  fromRotationVector,
  inverted,
  magnitude,
  normalized,
  product,
  toMatrix,
  toMrp,
  toRotationVector,
} from './quaternions.ts'

/** How `asQuat` gives quaternions. */
export interface QuaternionOptions {
  /** Of the two quaternions of a rotation always the same one. */
  readonly canonical?: boolean
  /** As `w, x, y, z` rather than `x, y, z, w`. */
  readonly scalarFirst?: boolean
}

type InDegrees = boolean | { readonly degrees?: boolean }

function inDegrees(given: InDegrees): boolean {
  if (typeof given === 'boolean') return given
  checkOptions('Rotation', given, ['degrees'])
  return given.degrees ?? false
}

/**
 * One rotation in space, or an array of them along the first axis, as quaternions `x, y, z, w`. A pytree whose one
 * leaf is `quat`. JAX: `jax.scipy.spatial.transform.Rotation`; its product `p * q` is `p.mul(q)` here.
 *
 * @example
 * const quarter = scipy.spatial.transform.Rotation.fromEuler('z', 90, { degrees: true })
 * quarter.apply(jnp.array([1, 0, 0])) // nearly [0, 1, 0]
 */
export class Rotation {
  readonly quat: JaxArray

  constructor(quat: JaxArray) {
    this.quat = quat
  }

  /** Rotations of several objects in a row. */
  static concatenate(rotations: readonly Rotation[]): Rotation {
    return new Rotation(concatenate(rotations.map(({ quat }) => quat)))
  }

  /** From angles about the axes of `seq`, such as `'zyx'`; capital letters name axes that turn along. */
  static fromEuler(seq: string, angles: ArrayLike, degrees: InDegrees = false): Rotation {
    const axes = eulerAxes(seq)
    const given = atleast1d(asArray('Rotation.fromEuler', angles))
    return new Rotation(fromEulerAngles(given, axes, inDegrees(degrees)))
  }

  /** From rotation matrices. */
  static fromMatrix(matrix: JaxArray): Rotation {
    return new Rotation(fromMatrix(matrix))
  }

  /** From modified Rodrigues parameters. */
  static fromMrp(mrp: JaxArray): Rotation {
    return new Rotation(fromMrp(mrp))
  }

  /** From quaternions of any length but 0. */
  static fromQuat(quat: JaxArray): Rotation {
    return new Rotation(normalized(quat))
  }

  /** From axes times angles. */
  static fromRotvec(rotvec: JaxArray, degrees: InDegrees = false): Rotation {
    return new Rotation(fromRotationVector(inDegrees(degrees))(rotvec))
  }

  /** The rotation that turns nothing. */
  static identity(options: { readonly dtype?: DTypeLike } = {}): Rotation {
    checkOptions('Rotation.identity', options, ['dtype'])
    return new Rotation(array([0, 0, 0, 1], { dtype: options.dtype ?? 'float' }))
  }

  /** Not available, as in JAX. */
  static random(key: JaxArray): never {
    throw new NotImplementedError(`Rotation.random is not available for ${key.aval.toString()}.`, {
      hint: 'Normalized quaternions of four normal numbers are uniform: Rotation.fromQuat(random.normal(key, [4])).',
    })
  }

  /** Whether this is one rotation, not an array of them. */
  get single(): boolean {
    return this.quat.ndim === 1
  }

  /** The number of rotations. */
  get length(): number {
    if (this.single) throw new JaxTypeError('One Rotation has no length.')
    return this.quat.shape[0]
  }

  /** Some of the rotations: `r[i]` in Python. */
  slice(...indices: Index[]): Rotation {
    if (this.single) throw new JaxTypeError('One Rotation has no parts to index.')
    return new Rotation(getItem(this.quat, indices))
  }

  /** The rotation by `other`, then by this one. */
  mul(other: Rotation): Rotation {
    return Rotation.fromQuat(product(this.quat, other.quat))
  }

  /** Vectors turned, or turned back. */
  apply(vectors: ArrayLike, inverse: boolean | { readonly inverse?: boolean } = false): JaxArray {
    const back = typeof inverse === 'boolean' ? inverse : (inverse.inverse ?? false)
    return applied(back)(this.asMatrix(), asArray('Rotation.apply', vectors))
  }

  /** Angles about the three axes of `seq`. */
  asEuler(seq: string, degrees: InDegrees = false): JaxArray {
    if (seq.length !== 3) throw new ValueError(`Rotation.asEuler takes three axes, got '${seq}'.`)
    return toEulerAngles(this.quat, eulerAxes(seq), inDegrees(degrees))
  }

  asMatrix(): JaxArray {
    return toMatrix(this.quat)
  }

  /** Modified Rodrigues parameters. */
  asMrp(): JaxArray {
    return toMrp(this.quat)
  }

  /** Axes times angles. */
  asRotvec(degrees: InDegrees = false): JaxArray {
    return toRotationVector(inDegrees(degrees))(this.quat)
  }

  asQuat(canonicalOrOptions: boolean | QuaternionOptions = false, scalarFirst = false): JaxArray {
    const given =
      typeof canonicalOrOptions === 'boolean' ? { canonical: canonicalOrOptions, scalarFirst } : canonicalOrOptions
    checkOptions('Rotation.asQuat', given, ['canonical', 'scalarFirst'])
    const quat = given.canonical ? canonical(this.quat) : this.quat
    return given.scalarFirst ? roll(quat, 1, -1) : quat
  }

  /** The rotation back. */
  inv(): Rotation {
    return new Rotation(inverted(this.quat))
  }

  /** The angle, between 0 and π. */
  magnitude(): JaxArray {
    return magnitude(this.quat)
  }

  /** The mean of the rotations: the one nearest to all of them by the squares of quaternions. */
  mean(weights: ArrayLike | null = null): Rotation {
    const { dtype } = this.quat
    const given = weights === null ? ones(this.quat.shape[0], { dtype }) : asarray(weights, { dtype })
    if (given.ndim !== 1) {
      throw new ValueError(`Rotation.mean: weights are a vector, got shape ${formatShape(given.shape)}.`)
    }
    if (given.shape[0] !== this.length) {
      throw new ValueError(`Rotation.mean: ${this.length} rotations have as many weights, got ${given.shape[0]}.`)
    }
    const sums = dot(multiply(given.reshape(1, given.size), this.quat.transpose()), this.quat)
    const [, vectors] = eigh(sums)
    return new Rotation(getItem(vectors, ['...', -1]))
  }
}

registerPytreeNode(
  Rotation,
  ({ quat }) => ({ children: [quat], aux: null }),
  (_, [quat]) => {
    const made: unknown = Object.assign(Object.create(Rotation.prototype), { quat })
    if (!(made instanceof Rotation)) throw new Error('internal: a rotation without its class')
    return made
  },
)
