import { NotImplementedError, ValueError } from '../../errors.ts'
import { formatShape } from '../../ir/aval.ts'
import { isComplex } from '../../ir/dtype.ts'
import { batchFlat } from '../../interpreters/batching.ts'
import { add, divide, multiply, power, square, subtract } from '../../numpy/arithmetic.ts'
import { calledAs } from '../../numpy/called-as.ts'
import { dot } from '../../numpy/contraction.ts'
import { full, zeros } from '../../numpy/creation.ts'
import { inv } from '../../numpy/linalg/index.ts'
import { diag } from '../../numpy/matrices.ts'
import { asArray, checkArrayLike, floatType, promoteToFloat, promotedType, toType } from '../../numpy/promotion.ts'
import { prod, sum } from '../../numpy/reductions.ts'
import { atleast1d, atleast2d, matrixTranspose, squeeze } from '../../numpy/shape.ts'
import { exp, log, sqrt } from '../../numpy/transcendental.ts'
import { batchAtFront } from '../../primitives/batch-axis.ts'
import { choice, multivariateNormal, split } from '../../random/index.ts'
import { constant } from '../../primitives/operand.ts'
import { type ArrayLike, JaxArray } from '../../tracing/array.ts'
import { checkOptions } from '../../tree/options.ts'
import { registerPytreeNode } from '../../tree/pytree.ts'
import { choFactor, choSolve, cholesky } from '../linalg/index.ts'
import { ndtr } from '../special/error-functions.ts'
import { logsumexp } from '../special/log-sum-exp.ts'
import { userCode } from '../../tracing/source.ts'

/** How wide the kernels are: by Scott's or Silverman's rule, a factor, or a function of the estimate that gives one. */
export type BandwidthMethod = 'scott' | 'silverman' | ArrayLike | ((kde: GaussianKde) => ArrayLike)

/** What `gaussianKde` may be told. */
export interface KdeOptions {
  readonly bwMethod?: BandwidthMethod | null
  /** How much each observation counts; all the same unless given. */
  readonly weights?: ArrayLike | null
}

interface KdeParts {
  readonly neff: JaxArray
  readonly dataset: JaxArray
  readonly weights: JaxArray
  readonly covariance: JaxArray
  readonly invCov: JaxArray
}

/**
 * A density estimated from observations: the mean of normal densities around them. The dataset is a vector, or a matrix
 * with one observation a column. JAX: `jax.scipy.stats.gaussian_kde`.
 *
 * @example
 * const kde = new scipy.stats.gaussianKde(jnp.array([0, 1, 3]))
 * kde.pdf(jnp.array([1])).shape // [1]
 */
export class GaussianKde implements KdeParts {
  /** The effective number of observations. */
  readonly neff: JaxArray
  readonly dataset: JaxArray
  readonly weights: JaxArray
  /** The covariance of each kernel. */
  readonly covariance: JaxArray
  readonly invCov: JaxArray

  constructor(
    dataset: ArrayLike,
    bwMethod: BandwidthMethod | KdeOptions | null = null,
    weights: ArrayLike | null = null,
  ) {
    const given = isKdeOptions(bwMethod) ? bwMethod : { bwMethod, weights }
    checkOptions('scipy.stats.gaussianKde', given, ['bwMethod', 'weights'])
    const { observations, share } = weightedData(dataset, given.weights ?? null)
    this.dataset = observations
    this.weights = share
    this.neff = divide(1, sum(square(share)))
    const factor = this.bandwidth(given.bwMethod ?? 'scott')
    const spread = weightedCovariance(observations, share)
    const inverse = inv(spread)
    this.covariance = multiply(spread, power(factor, 2))
    this.invCov = divide(inverse, power(factor, 2))
  }

  /** The estimate that has the given parts, which may be anything while a pytree is rebuilt. */
  static of(parts: Readonly<Record<keyof KdeParts, unknown>>): GaussianKde {
    const made: unknown = Object.assign(Object.create(GaussianKde.prototype), parts)
    if (!(made instanceof GaussianKde)) throw new Error('internal: an estimate without its class')
    return made
  }

  /** The number of coordinates. */
  get d(): number {
    return this.dataset.shape[0]
  }

  /** The number of observations. */
  get n(): number {
    return this.dataset.shape[1]
  }

  /** The density at points, one a column. */
  evaluate(points: ArrayLike): JaxArray {
    return this.atPoints('evaluate', points, false)
  }

  /** The density at points, one a column. */
  pdf(x: ArrayLike): JaxArray {
    return this.evaluate(x)
  }

  /** The logarithm of the density at points, one a column. */
  logpdf(x: ArrayLike): JaxArray {
    return this.atPoints('logpdf', x, true)
  }

  /** The integral of the product with a normal density. */
  integrateGaussian(mean: ArrayLike, cov: ArrayLike): JaxArray {
    const [middle, spread] = [atleast1d(squeeze(mean)), atleast2d(cov)]
    if (middle.ndim !== 1 || middle.shape[0] !== this.d) {
      throw new ValueError(`integrateGaussian: the mean has ${this.d} values, got shape ${formatShape(middle.shape)}.`)
    }
    if (spread.ndim !== 2 || spread.shape.some((length) => length !== this.d)) {
      throw new ValueError(
        `integrateGaussian: the covariance is ${this.d} × ${this.d}, got shape ${formatShape(spread.shape)}.`,
      )
    }
    return convolver(this.d, add(this.covariance, spread))(this, middle)
  }

  /** The integral between two limits, of an estimate of one coordinate. */
  integrateBox1d(low: ArrayLike, high: ArrayLike): JaxArray {
    if (this.d !== 1) throw new ValueError(`integrateBox1d takes an estimate of one coordinate, not of ${this.d}.`)
    const limits = [low, high].map((limit) => asArray('integrateBox1d', limit))
    if (limits.some((limit) => limit.ndim !== 0)) throw new ValueError('integrateBox1d takes two numbers as limits.')
    const integral = (dataset: JaxArray, weights: JaxArray, covariance: JaxArray, ...ends: JaxArray[]): JaxArray => {
      const sigma = squeeze(sqrt(covariance))
      const [below, above] = ends.map((end) => ndtr(squeeze(divide(subtract(end, dataset), sigma))))
      return sum(multiply(weights, subtract(above, below)))
    }
    return calledAs('integrate_box_1d', integral, this.dataset, this.weights, this.covariance, ...limits)
  }

  /** The integral of the product with another estimate. */
  integrateKde(other: GaussianKde): JaxArray {
    if (other.d !== this.d)
      throw new ValueError(`integrateKde: one estimate has ${this.d} coordinates, one ${other.d}.`)
    const convolve = convolver(this.d, add(this.covariance, other.covariance))
    const [small, large] = this.n < other.n ? [this, other] : [other, this]
    const lanes = mapped((point) => convolve(large, point), [small.dataset], 1)
    return sum(multiply(lanes, small.weights))
  }

  /** Random points of the estimated density, one a column: shape `[d, ...shape]`. */
  resample(key: JaxArray, shape: readonly number[] | { readonly shape?: readonly number[] } = []): JaxArray {
    const wanted: readonly number[] = 'shape' in shape ? (shape.shape ?? []) : Array.isArray(shape) ? shape : []
    const draw = (typed: JaxArray, dataset: JaxArray, weights: JaxArray, covariance: JaxArray): JaxArray => {
      const keys = split(typed)
      const chosen = choice(keys.slice(0), dataset.shape[1], wanted, { p: weights })
      const middle = zeros(dataset.shape[0], { dtype: covariance.dtype })
      const noise = multivariateNormal(keys.slice(1), middle, covariance, wanted, { dtype: dataset.dtype })
      return add(dataset.take(chosen, 1), noise.transpose())
    }
    return calledAs('resample', draw, key, this.dataset, this.weights, this.covariance)
  }

  /** Not available, as in JAX: only intervals are integrated over. */
  integrateBox(lowBounds: ArrayLike, highBounds: ArrayLike): never {
    checkArrayLike('integrateBox', lowBounds, highBounds)
    throw new NotImplementedError('integrateBox is not available; integrateBox1d integrates over an interval.')
  }

  /** Not available, as in JAX: an estimate does not change. */
  setBandwidth(bwMethod: BandwidthMethod | null = null): never {
    throw new NotImplementedError(`setBandwidth(${String(bwMethod)}): an estimate does not change; make another.`)
  }

  private bandwidth(method: BandwidthMethod): ArrayLike {
    const exponent = -1 / (this.d + 4)
    if (method === 'scott') return power(this.neff, exponent)
    if (method === 'silverman') return power(divide(multiply(this.neff, this.d + 2), 4), exponent)
    if (typeof method === 'function') return userCode(method)(this)
    if (typeof method === 'string' || (typeof method === 'object' && method.ndim !== 0)) {
      throw new ValueError("gaussianKde: bwMethod is 'scott', 'silverman', a number or a function.")
    }
    return method
  }

  private atPoints(name: string, points: ArrayLike, isLog: boolean): JaxArray {
    const given = atleast2d(asArray(name, points))
    if (isComplex(given.dtype)) throw new NotImplementedError(`gaussianKde: ${name} takes real points.`)
    const [rows, columns] = given.shape
    const isOnePoint = rows !== this.d && rows === 1 && columns === this.d
    if (rows !== this.d && !isOnePoint) {
      throw new ValueError(`gaussianKde: the points have ${rows} coordinates, the dataset has ${this.d}.`)
    }
    const xi = isOnePoint ? given.reshape(this.d, 1) : given
    const args = [matrixTranspose(this.dataset), this.weights.reshape(this.n, 1), matrixTranspose(xi), this.invCov]
    const type = floatType(promotedType(args))
    const result = calledAs(
      '_gaussian_kernel_eval',
      (...values) =>
        kernelSums(
          isLog,
          values.map((value) => toType(value, type)),
        ),
      ...args,
    )
    return result.slice('...', 0)
  }
}

registerPytreeNode(
  GaussianKde,
  ({ neff, dataset, weights, covariance, invCov }) => ({
    children: [neff, dataset, weights, covariance, invCov],
    aux: null,
  }),
  (_, [neff, dataset, weights, covariance, invCov]) => GaussianKde.of({ neff, dataset, weights, covariance, invCov }),
)

function isKdeOptions(method: BandwidthMethod | KdeOptions | null): method is KdeOptions {
  return typeof method === 'object' && method !== null && !(method instanceof JaxArray)
}

function weightedData(dataset: ArrayLike, weights: ArrayLike | null): { observations: JaxArray; share: JaxArray } {
  const data = atleast2d(asArray('gaussianKde', dataset))
  if (isComplex(data.dtype)) throw new NotImplementedError('gaussianKde takes real data.')
  if (data.size <= 1) throw new ValueError('gaussianKde: one observation has no spread; the dataset needs several.')
  const count = data.shape[1]
  if (weights === null) {
    const [observations] = promoteToFloat('gaussianKde', data)
    return { observations, share: full(count, 1 / count, { dtype: observations.dtype }) }
  }
  checkArrayLike('gaussianKde', weights)
  const type = floatType(promotedType([data, weights]))
  const given = atleast1d(toType(weights, type))
  if (given.ndim !== 1 || given.size !== count) {
    throw new ValueError(`gaussianKde: ${count} observations have ${count} weights, got ${formatShape(given.shape)}.`)
  }
  return { observations: toType(data, type), share: divide(given, sum(given)) }
}

function weightedCovariance(data: JaxArray, weights: JaxArray): JaxArray {
  const total = sum(weights)
  const middle = divide(sum(multiply(data, weights), { axis: 1 }), total)
  const count = subtract(total, divide(sum(multiply(weights, weights)), total))
  const centred = subtract(data, middle.reshape(data.shape[0], 1))
  return divide(dot(centred, matrixTranspose(multiply(centred, weights))), count)
}

/** The integral of an estimate times a normal density, both with what widens their kernels in `covariance`. */
function convolver(d: number, covariance: JaxArray): (kde: GaussianKde, mean: JaxArray) => JaxArray {
  const factor = choFactor(covariance)
  const length = power(sqrt(constant(covariance, 2 * Math.PI)), d)
  const norm = divide(1, multiply(length, prod(diag(factor[0]))))
  return ({ dataset, weights }, mean) => {
    const difference = subtract(dataset, mean.reshape(d, 1))
    const squares = sum(multiply(difference, choSolve(factor, difference)), { axis: 0 })
    return multiply(norm, sum(multiply(exp(multiply(squares, -0.5)), weights)))
  }
}

/** One column for each point: its density, or the logarithm of it. */
function kernelSums(isLog: boolean, [points, values, xi, precision]: readonly JaxArray[]): JaxArray {
  const d = points.shape[1]
  const whitening = cholesky(precision, { lower: true })
  const [train, test] = [dot(points, whitening), dot(xi, whitening)]
  const turn = log(constant(whitening, 2 * Math.PI))
  const norm = subtract(sum(log(diag(whitening))), multiply(0.5 * d, turn))
  const kernel = (at: JaxArray, from: JaxArray, weight: JaxArray): JaxArray => {
    const exponent = subtract(norm, multiply(0.5, sum(square(subtract(from, at)))))
    return isLog ? add(log(weight), exponent) : multiply(weight, exp(exponent))
  }
  return mapped(
    (at) => {
      const kernels = mapped((from, weight) => kernel(at, from, weight), [train, values], 0)
      return isLog ? logsumexp(kernels, { axis: 0 }) : sum(kernels, { axis: 0 })
    },
    [test],
    0,
  )
}

function mapped(f: (...lanes: JaxArray[]) => JaxArray, arrays: readonly JaxArray[], axis: number): JaxArray {
  const size = arrays[0].shape[axis]
  const lanes = batchFlat(
    (...values) => [f(...values)],
    arrays,
    arrays.map(() => axis),
    { size, name: null },
  )
  return batchAtFront(lanes.outputs[0], lanes.dims[0], size)
}
