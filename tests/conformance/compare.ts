import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { parse } from 'yaml'
import { isFloat } from '../../core/ir/dtype.ts'
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
  const accepts = isFloat(expected.dtype) ? closeEnough(expected, bound) : Object.is
  for (let i = 0; i < expected.data.length; i++) {
    if (accepts(got.data[i], expected.data[i])) continue
    const true_ = truth?.data[i]
    if (true_ !== undefined && !Number.isNaN(true_) && accepts(got.data[i], true_)) continue
    return `element ${i} of [${expected.shape}] is ${got.data[i]}, JAX has ${expected.data[i]}`
  }
  return null
}

/** Bits of the fraction, and the exponent of the smallest normal number; float32's where none are named. */
const formats: Readonly<Record<string, { readonly digits: number; readonly least: number }>> = {
  float64: { digits: 52, least: -1022 },
  float16: { digits: 10, least: -14 },
  bfloat16: { digits: 7, least: -126 },
}

function closeEnough(expected: Leaf, bound: Bound): (got: number, want: number) => boolean {
  const format = formats[expected.dtype] ?? { digits: 23, least: -126 }
  const unit = (magnitude: number) =>
    2 ** (Math.max(Math.floor(Math.log2(magnitude || Number.MIN_VALUE)), format.least) - format.digits)
  let largest = 0
  for (const value of expected.data) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value))
  const slack = Math.max(bound.norm * unit(largest), bound.abs)
  return (got, want) => {
    if (Object.is(got, want)) return true
    if (want === 0 && got !== 0 && Math.abs(got) < 2 ** format.least) return true
    if (bound.ulp === 0 && slack === 0) return false
    const distance = Math.abs(got - want)
    return distance <= bound.ulp * unit(Math.abs(want)) || distance <= slack
  }
}
