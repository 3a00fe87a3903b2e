import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { parse } from 'yaml'
import { bfloat16ToNumber } from '../../core/ir/element.ts'
import { isComplex, isInexact, realPartOf } from '../../core/ir/dtype.ts'
import type { Leaf } from './vectors.ts'

const boundSchema = v.object({
  ulp: v.number(),
  norm: v.optional(v.number(), 0),
  abs: v.optional(v.number(), 0),
})
const classSchema = v.object({ why: v.string(), eval: boundSchema, diff: boundSchema })

/** How far a value may be from JAX's; tolerances.yaml says why. */
export type Bound = v.InferOutput<typeof boundSchema>

const classes = v.parse(
  v.record(v.string(), classSchema),
  parse(readFileSync(join(import.meta.dirname, 'tolerances.yaml'), 'utf8')),
)

export function toleranceOf(name: string, differentiated: boolean): Bound {
  const tolerance = classes[name]
  if (tolerance === undefined) throw new Error(`no tolerance named ${name}`)
  return differentiated ? tolerance.diff : tolerance.eval
}

/** What differs between two leaves, as one line, or null when they agree. */
export function difference(got: Leaf, expected: Leaf, bound: Bound, truth: Leaf | undefined): string | null {
  if (got.dtype !== expected.dtype) return `dtype is ${got.dtype}, JAX has ${expected.dtype}`
  if (got.shape.join() !== expected.shape.join()) return `shape is [${got.shape}], JAX has [${expected.shape}]`
  if (got.data.length !== expected.data.length) return `${got.data.length} elements, JAX has ${expected.data.length}`
  const accepts = isInexact(expected.dtype) ? closeEnough(expected, bound) : Object.is
  const [gotValues, wanted] = [valuesOf(got), valuesOf(expected)]
  const trueValues = truth === undefined ? undefined : valuesOf(truth)
  for (let i = 0; i < wanted.length; i++) {
    if (accepts(gotValues[i], wanted[i], sizeAt(expected, wanted, i))) continue
    if (trueValues !== undefined && !Number.isNaN(trueValues[i])) {
      if (accepts(gotValues[i], trueValues[i], sizeAt(expected, trueValues, i))) continue
    }
    return `element ${i} of [${expected.shape}] is ${gotValues[i]}, JAX has ${wanted[i]}`
  }
  return null
}

/** Bits of the fraction, and the exponent of the smallest normal number; float32's where none are named. */
const formats: Readonly<Record<string, { readonly digits: number; readonly least: number }>> = {
  float64: { digits: 52, least: -1022 },
  float16: { digits: 10, least: -14 },
  bfloat16: { digits: 7, least: -126 },
}

/** Numbers to compare, part by part for complex ones; a bfloat16 as the number it stands for. */
function valuesOf(leaf: Leaf): ArrayLike<number> {
  return leaf.dtype === 'bfloat16' ? Float32Array.from(leaf.data, bfloat16ToNumber) : leaf.data
}

/** What an error in the last place is measured by: the number itself, or the size of the complex number it is a part of. */
function sizeAt(leaf: Leaf, values: ArrayLike<number>, index: number): number {
  if (!isComplex(leaf.dtype)) return Math.abs(values[index])
  const size = Math.hypot(values[index & ~1], values[index | 1])
  return Number.isFinite(size) ? size : Math.abs(values[index])
}

function closeEnough(expected: Leaf, bound: Bound): (got: number, want: number, size: number) => boolean {
  const format = formats[realPartOf(expected.dtype)] ?? { digits: 23, least: -126 }
  const unit = (magnitude: number) =>
    2 ** (Math.max(Math.floor(Math.log2(magnitude || Number.MIN_VALUE)), format.least) - format.digits)
  let largest = 0
  for (const value of Array.from(valuesOf(expected)))
    if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value))
  const slack = Math.max(bound.norm * unit(largest), bound.abs)
  return (got, want, size) => {
    if (Object.is(got, want)) return true
    if (want === 0 && got !== 0 && Math.abs(got) < 2 ** format.least) return true
    if (bound.ulp === 0 && slack === 0) return false
    const distance = Math.abs(got - want)
    return distance <= bound.ulp * unit(size) || distance <= slack
  }
}
