import { JaxTypeError, ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { arange } from '../numpy/creation.ts'
import { einsum } from '../numpy/einsum.ts'
import { greaterEqual, less, lessEqual, logicalAnd } from '../numpy/logic.ts'
import { asArray } from '../numpy/promotion.ts'
import { where } from '../numpy/selection.ts'
import { upTo } from '../primitives/axes.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { expandDims } from '../primitives/movement.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { checkOptions } from '../tree/options.ts'
import { softmax } from './normalisation.ts'

/** What `dotProductAttention` may be told. Batch B, query length T, key length S, heads N, head size H. */
export interface AttentionOptions {
  /** Added to the scores: broadcasts to `[B, N, T, S]`. */
  readonly bias?: ArrayLike | null
  /** Which keys each query may see: booleans that broadcast to `[B, N, T, S]`. */
  readonly mask?: ArrayLike | null
  /** Factor of the scores; `1 / sqrt(H)` unless said. */
  readonly scale?: number | null
  /** Each query sees only keys at its own place and before. */
  readonly isCausal?: boolean
  /** How many queries of each row of the batch count, int32 `[B]`. */
  readonly querySeqLengths?: ArrayLike | null
  /** How many keys of each row of the batch count, int32 `[B]`. */
  readonly keyValueSeqLengths?: ArrayLike | null
  /** How far back and ahead a query sees. */
  readonly localWindowSize?: number | readonly [number, number] | null
}

const known = ['bias', 'mask', 'scale', 'isCausal', 'querySeqLengths', 'keyValueSeqLengths', 'localWindowSize'] as const

/** Arrays without a batch get one of length 1. */
function withBatch(name: string, value: ArrayLike): JaxArray {
  const array = asArray(`nn.dotProductAttention, ${name}`, value)
  if (array.ndim !== 3 && array.ndim !== 4) {
    throw new ValueError(`nn.dotProductAttention: ${name} is [B, T, N, H], got shape ${formatShape(array.shape)}.`)
  }
  return array.ndim === 3 ? expandDims(array, [0]) : array
}

/** A bias or mask of `[B, N, T, S]` with heads in groups, as the scores have them. */
function grouped(name: string, value: ArrayLike, keyHeads: number, groups: number): JaxArray {
  const array = asArray(`nn.dotProductAttention, ${name}`, value)
  const full = expandDims(array, upTo(Math.max(0, 4 - array.ndim)))
  const [batch, heads, rows, columns] = full.shape
  if (heads === 1) return full.reshape([batch, 1, 1, rows, columns])
  return full.reshape([batch, keyHeads, groups, rows, columns])
}

/**
 * Scaled dot-product attention: every query takes the mean of the values, weighted by the softmax of its
 * products with the keys. Query `[B, T, N, H]`, key and value `[B, S, K, H]` where the number of query heads
 * N is a multiple of K; the batch may be left out. The result has the shape of the query.
 *
 * @example
 * nn.dotProductAttention(jnp.ones([1, 2, 1, 4]), jnp.ones([1, 3, 1, 4]), jnp.ones([1, 3, 1, 4])).shape // [1, 2, 1, 4]
 */
export function dotProductAttention(
  query: ArrayLike,
  key: ArrayLike,
  value: ArrayLike,
  options: AttentionOptions = {},
): JaxArray {
  checkOptions('nn.dotProductAttention', options, known)
  const [q, k, v] = [withBatch('query', query), withBatch('key', key), withBatch('value', value)]
  const [batch, rows, heads, size] = q.shape
  const [keyBatch, columns, keyHeads, keySize] = k.shape
  const fits = batch === keyBatch && size === keySize && heads % keyHeads === 0
  if (!fits || v.shape.join() !== k.shape.join()) {
    throw new ValueError(
      `nn.dotProductAttention got query ${formatShape(q.shape)}, key ${formatShape(k.shape)}, value ${formatShape(v.shape)}.`,
      {
        hint: 'Batches and head sizes are the same, key and value agree, and query heads are a multiple of key heads.',
      },
    )
  }
  if (k.dtype !== q.dtype || v.dtype !== q.dtype) {
    throw new JaxTypeError(`nn.dotProductAttention got dtypes ${q.dtype}, ${k.dtype}, ${v.dtype}; they must agree.`)
  }
  const groups = heads / keyHeads
  const queries = q.reshape([batch, rows, keyHeads, groups, size])
  let scores = einsum('btkgh,bskh->bkgts', queries, k).mul(options.scale ?? 1 / Math.sqrt(size))
  if (options.bias !== undefined && options.bias !== null) {
    scores = scores.add(grouped('bias', options.bias, keyHeads, groups)).astype(scores.dtype)
  }
  for (const mask of masksOf(options, rows, columns, keyHeads, groups)) {
    scores = where(mask, scores, -0.7 * largestOf(scores))
  }
  const weights = convertElementType(softmax(scores, -1), k.dtype)
  let result = einsum('bkgts,bskh->btkgh', weights, v).reshape(q.shape)
  if (options.querySeqLengths !== undefined && options.querySeqLengths !== null) {
    const lengths = asArray('nn.dotProductAttention', options.querySeqLengths)
    const counts = less(arange(rows).reshape([1, rows, 1, 1]), lengths.reshape([batch, 1, 1, 1]))
    result = result.mul(counts.astype(result.dtype))
  }
  return result.reshape(asArray('nn.dotProductAttention', query).shape)
}

function largestOf(scores: JaxArray): number {
  return scores.dtype === 'float16' ? 65504 : 3.4028234663852886e38
}

/** The masks that the options ask for, one that holds where all of them do. */
function masksOf(
  options: AttentionOptions,
  rows: number,
  columns: number,
  keyHeads: number,
  groups: number,
): JaxArray[] {
  const masks: JaxArray[] = []
  const from = arange(rows).reshape([rows, 1])
  const to = arange(columns).reshape([1, columns])
  if (options.mask !== undefined && options.mask !== null) masks.push(grouped('mask', options.mask, keyHeads, groups))
  if (options.isCausal) masks.push(greaterEqual(from, to))
  const window = options.localWindowSize ?? null
  if (window !== null) {
    const [back, ahead] = typeof window === 'number' ? [window, window] : window
    masks.push(logicalAnd(lessEqual(from, to.add(back)), greaterEqual(from, to.sub(ahead))))
  }
  const within = (lengths: ArrayLike, positions: JaxArray): JaxArray => {
    const counts = asArray('nn.dotProductAttention', lengths)
    return less(positions, counts.reshape([counts.size, 1, 1, 1, 1]))
  }
  const { querySeqLengths, keyValueSeqLengths } = options
  if (querySeqLengths !== undefined && querySeqLengths !== null) masks.push(within(querySeqLengths, from))
  if (keyValueSeqLengths !== undefined && keyValueSeqLengths !== null) masks.push(within(keyValueSeqLengths, to))
  return masks.length < 2 ? masks : [masks.reduce((a, b) => logicalAnd(a, b))]
}
