import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { type DType, type TypedArray, allDTypes, isDType, shortName, viewOf } from '../../core/ir/dtype.ts'
import { sizeOf } from '../../core/ir/aval.ts'
import { hostArray } from '../../core/ir/host-array.ts'
import { ConcreteArray } from '../../core/runtime/concrete-array.ts'

/** An array as the vectors hold it. */
export interface Leaf {
  readonly dtype: DType
  readonly weak: boolean
  readonly shape: readonly number[]
  readonly data: TypedArray
}

const inputSchema = v.union([v.string(), v.number(), v.boolean()])
const leavesSchema = v.array(v.string())

const recordSchema = v.object({
  id: v.string(),
  py: v.string(),
  in: v.array(inputSchema),
  batch: v.optional(v.array(inputSchema), []),
  primitives: v.optional(v.array(v.string()), []),
  diff: v.optional(v.array(v.number()), []),
  tangents: v.optional(leavesSchema, []),
  cotangents: v.optional(leavesSchema, []),
  laneCotangents: v.optional(leavesSchema, []),
  truth: v.optional(v.record(v.string(), leavesSchema), {}),
  runs: v.optional(v.record(v.string(), v.union([leavesSchema, v.string(), v.object({ raises: v.string() })])), {}),
  text: v.optional(v.string(), ''),
  raises: v.optional(v.array(v.string()), []),
})

/** What JAX made of one case. */
export type VectorRecord = v.InferOutput<typeof recordSchema>

const fileSchema = v.object({ jax: v.string(), cases: v.array(recordSchema) })

/** Where the vectors of one table are. */
export function vectorsPath(category: string): string {
  return join(import.meta.dirname, 'vectors', `${category}.json`)
}

/** The vectors of one table, by case id; none if they have yet to be made, which the cases then say. */
export function loadVectors(category: string): Map<string, VectorRecord> {
  const path = vectorsPath(category)
  if (!existsSync(path)) return new Map()
  const text = readFileSync(path, 'utf8')
  return new Map(v.parse(fileSchema, JSON.parse(text)).cases.map((record) => [record.id, record]))
}

/** The leaves JAX gave for a transformation, or null where JAX itself raises. */
export function expectedLeaves(record: VectorRecord, name: string): Leaf[] | null {
  const run = record.runs[name]
  if (typeof run === 'string') return expectedLeaves(record, run)
  return Array.isArray(run) ? run.map(decode) : null
}

const dtypeOfShortName = new Map([...allDTypes, 'float0' as const].map((dtype) => [shortName(dtype), dtype]))

/** Reads `f32*[2,3] <base64>`. */
export function decode(text: string): Leaf {
  const match = /^(\w+)(\*?)\[([\d,]*)\] (.*)$/.exec(text)
  if (match === null) throw new Error(`not an array: ${text}`)
  const [, short, star, dims, payload] = match
  const dtype = short === 'key' ? 'key<fry>' : dtypeOfShortName.get(short)
  if (dtype === undefined || !isDType(dtype)) throw new Error(`unknown dtype in ${text}`)
  const words = dims === '' ? [] : dims.split(',').map(Number)
  const shape = short === 'key' ? words.slice(0, -1) : words
  const bytes = Uint8Array.from(Buffer.from(payload, 'base64'))
  return { dtype, weak: star === '*', shape, data: viewOf(dtype, bytes.buffer, 0, sizeOf(shape)) }
}

/** A concrete array of the core with exactly these bits. */
export function toArray(leaf: Leaf): ConcreteArray {
  return new ConcreteArray(hostArray(leaf.shape, leaf.dtype, leaf.data), { weakType: leaf.weak })
}

/** The argument an input stands for: an array, or the bare number itself. */
export function toArgument(input: string | number | boolean): unknown {
  return typeof input === 'string' ? toArray(decode(input)) : input
}
