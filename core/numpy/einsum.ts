import { ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { upTo } from '../primitives/axes.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { dotGeneral } from '../primitives/dot-general.ts'
import { eq } from '../primitives/elementwise-comparison.ts'
import { iota } from '../primitives/iota.ts'
import { squeeze, transpose } from '../primitives/movement.ts'
import { fullLike } from '../primitives/operand.ts'
import { reduceOr, reduceSum } from '../primitives/reductions.ts'
import { select } from '../primitives/selection.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { checkArrayLike, promoteValues } from './promotion.ts'

/** An operand, with a label for every axis. */
interface Term {
  readonly value: JaxArray
  readonly labels: readonly string[]
}

/**
 * Sums of products by Einstein's convention: axes that share a letter are walked in step, and those whose
 * letter is not in the result are summed over.
 *
 * @example
 * jnp.einsum('ij,jk->ik', jnp.ones([2, 3]), jnp.ones([3, 2])).tolist() // [[3, 3], [3, 3]]
 */
export function einsum(subscripts: string, ...operands: ArrayLike[]): JaxArray {
  checkArrayLike('einsum', ...operands)
  const arrays = promoteValues(operands)
  const { inputs, output } = parse(subscripts, arrays)
  checkLengths(subscripts, arrays, inputs)
  let terms: Term[] = arrays.map((value, i) => ({ value, labels: inputs[i] }))
  while (terms.length > 1) {
    const [first, second, ...rest] = terms
    const needed = new Set([...output, ...rest.flatMap((term) => term.labels)])
    terms = [multiply(first, second, needed, rest.length === 0 ? output : null), ...rest]
  }
  const { value, labels } = summed(withoutRepeats(terms[0]), new Set(output))
  return transpose(value, { permutation: output.map((label) => labels.indexOf(label)) })
}

/** Letters of every operand and of the result; the axes under an ellipsis are named `...0`, `...1`, … from the right. */
function parse(subscripts: string, arrays: readonly JaxArray[]): { inputs: string[][]; output: string[] } {
  const [left, right, ...more] = subscripts.replaceAll(' ', '').split('->')
  const specs = left.split(',')
  if (more.length > 0 || specs.length !== arrays.length) {
    throw new ValueError(`jnp.einsum: '${subscripts}' names ${specs.length} operands, got ${arrays.length}.`)
  }
  const inputs = specs.map((spec, i) => expand(subscripts, spec, arrays[i]))
  return { inputs, output: right === undefined ? implicitOutput(inputs) : explicitOutput(subscripts, right, inputs) }
}

function expand(subscripts: string, spec: string, array: JaxArray): string[] {
  const [before, after] = spec.split('...')
  const named = (before + (after ?? '')).length
  const hidden = array.ndim - named
  if (!/^[A-Za-z]*(\.\.\.[A-Za-z]*)?$/.test(spec) || (after === undefined ? hidden !== 0 : hidden < 0)) {
    throw new ValueError(
      `jnp.einsum: '${spec}' in '${subscripts}' does not fit an operand of shape ${formatShape(array.shape)}.`,
    )
  }
  const ellipsis = upTo(hidden).map((i) => `...${hidden - 1 - i}`)
  return [...before, ...ellipsis, ...(after ?? '')]
}

/** Without an arrow, the result has the letters that occur once, in alphabetical order. */
function implicitOutput(inputs: readonly (readonly string[])[]): string[] {
  const all = inputs.flat()
  const once = [...new Set(all)].filter(
    (label) => !label.startsWith('.') && all.indexOf(label) === all.lastIndexOf(label),
  )
  return [...ellipsisOf(inputs), ...once.sort()]
}

function ellipsisOf(inputs: readonly (readonly string[])[]): string[] {
  const count = Math.max(0, ...inputs.map((labels) => labels.filter((label) => label.startsWith('.')).length))
  return upTo(count).map((i) => `...${count - 1 - i}`)
}

function explicitOutput(subscripts: string, spec: string, inputs: readonly (readonly string[])[]): string[] {
  const [before, after] = spec.split('...')
  const output = [...before, ...(after === undefined ? [] : ellipsisOf(inputs)), ...(after ?? '')]
  const known = new Set(inputs.flat())
  const unknown = output.find((label) => !known.has(label))
  if (unknown !== undefined || new Set(output).size !== output.length) {
    throw new ValueError(`jnp.einsum: the result of '${subscripts}' must name axes of the operands, each once.`)
  }
  return output
}

function checkLengths(subscripts: string, arrays: readonly JaxArray[], inputs: readonly (readonly string[])[]): void {
  const lengths = new Map<string, number>()
  for (const [i, labels] of inputs.entries()) {
    for (const [axis, label] of labels.entries()) {
      const length = arrays[i].shape[axis]
      const known = lengths.get(label) ?? 1
      if (known !== 1 && length !== 1 && known !== length) {
        throw new ValueError(
          `jnp.einsum: '${label}' in '${subscripts}' stands for axes of lengths ${known} and ${length}: ` +
            `shapes ${arrays.map((array) => formatShape(array.shape)).join(', ')}.`,
        )
      }
      lengths.set(label, Math.max(known, length))
    }
  }
}

/** A sum of booleans is whether any holds. */
function sumOver(x: JaxArray, axes: readonly number[]): JaxArray {
  return x.dtype === 'bool' ? reduceOr(x, { axes }) : reduceSum(x, { axes })
}

/** A letter that an operand has twice means its diagonal. */
function withoutRepeats(term: Term): Term {
  const axis = term.labels.findIndex((label, i) => term.labels.indexOf(label) !== i)
  if (axis === -1) return term
  const first = term.labels.indexOf(term.labels[axis])
  const { value } = term
  const place = (dimension: number): JaxArray => iota({ dtype: 'int32', shape: value.shape, dimension })
  const diagonal = select(eq(place(first), place(axis)), value, fullLike(value, 0))
  const kept = sumOver(diagonal, [axis])
  return withoutRepeats({ value: kept, labels: term.labels.toSpliced(axis, 1) })
}

/** Sums over the axes that nothing else needs. */
function summed(term: Term, needed: ReadonlySet<string>): Term {
  const axes = upTo(term.labels.length).filter((axis) => !needed.has(term.labels[axis]))
  if (axes.length === 0) return term
  return {
    value: sumOver(term.value, axes),
    labels: term.labels.filter((label) => needed.has(label)),
  }
}

/** An axis of length 1 that broadcasts against a longer one of the same letter is left out. */
function withoutBroadcast(term: Term, other: Term): Term {
  const axes = upTo(term.labels.length).filter((axis) => {
    const partner = other.labels.indexOf(term.labels[axis])
    return partner !== -1 && term.value.shape[axis] === 1 && other.value.shape[partner] !== 1
  })
  if (axes.length === 0) return term
  return {
    value: squeeze(term.value, { dimensions: axes }),
    labels: term.labels.filter((_, axis) => !axes.includes(axis)),
  }
}

/** The product of two terms; of the last two with the operands exchanged when that spares a transposition. */
function multiply(left: Term, right: Term, needed: ReadonlySet<string>, output: readonly string[] | null): Term {
  const both = [withoutRepeats(left), withoutRepeats(right)]
  const narrowed = [withoutBroadcast(both[0], both[1]), withoutBroadcast(both[1], both[0])]
  const first = summed(narrowed[0], new Set([...needed, ...narrowed[1].labels]))
  const second = summed(narrowed[1], new Set([...needed, ...narrowed[0].labels]))
  const shared = first.labels.filter((label) => second.labels.includes(label))
  const free = (term: Term): string[] => term.labels.filter((label) => !shared.includes(label))
  const batch = shared.filter((label) => needed.has(label))
  const contracted = shared.filter((label) => !needed.has(label))
  const exchanged = [...batch, ...free(second), ...free(first)].join() === output?.join()
  const inOrder = [...batch, ...free(first), ...free(second)].join() === output?.join()
  const [x, y] = exchanged && !inOrder ? [second, first] : [first, second]
  const axesIn = (term: Term, labels: readonly string[]): number[] => labels.map((label) => term.labels.indexOf(label))
  const dtype = x.value.dtype
  const product = dotGeneral(x.value, y.value, {
    dimension_numbers: [
      [axesIn(x, contracted), axesIn(y, contracted)],
      [axesIn(x, batch), axesIn(y, batch)],
    ],
    preferred_element_type: dtype,
  })
  return { value: convertElementType(product, dtype, product.weakType), labels: [...batch, ...free(x), ...free(y)] }
}
