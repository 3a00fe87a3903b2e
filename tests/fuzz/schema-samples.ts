import type * as v from 'valibot'

type Schema = v.GenericSchema & Partial<{ readonly [Key in SchemaPart]: unknown }>
type SchemaPart = 'entries' | 'items' | 'item' | 'options' | 'literal' | 'wrapped' | 'getter' | 'pipe'

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null && 'kind' in value
const schemas = (value: unknown): Schema[] => (Array.isArray(value) ? value : []).filter(isSchema)

/** Values that a schema accepts, one for each way of a union; lists have one item, and text is an id of the test lesson. */
export function samplesOf(schema: v.GenericSchema, depth = 0): unknown[] {
  const part: Schema = schema
  switch (part.type) {
    case 'object': {
      const entries = Object.entries(part.entries ?? {}).flatMap(([key, entry]) =>
        isSchema(entry) ? [{ key, values: samplesOf(entry, depth + 1) }] : [],
      )
      const ways = Math.max(1, ...entries.map(({ values }) => values.length))
      return Array.from({ length: ways }, (_, way) =>
        Object.fromEntries(entries.map(({ key, values }) => [key, values[way % values.length]])),
      )
    }
    case 'array':
      // Blocks within blocks have to end somewhere.
      return isSchema(part.item) && depth < 12 ? samplesOf(part.item, depth + 1).map((item) => [item]) : [[]]
    case 'tuple':
      return [schemas(part.items).map((item) => samplesOf(item, depth + 1)[0])]
    case 'union':
    case 'variant':
      return schemas(part.options).flatMap((option) => samplesOf(option, depth + 1))
    case 'picklist':
      return Array.isArray(part.options) ? part.options.slice(0, 1) : []
    case 'literal':
      return [part.literal]
    case 'optional':
    case 'nullable':
    case 'exact_optional':
      return isSchema(part.wrapped) ? samplesOf(part.wrapped, depth) : []
    case 'lazy':
      return typeof part.getter === 'function' ? samplesOf(part.getter(), depth) : []
    case 'record':
      return [{ T1: 'T1' }]
    case 'boolean':
      return [true]
    case 'number':
      return [1]
    default:
      return ['T1']
  }
}

/** The paths to everything inside a value, itself excluded. */
export function pathsIn(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [[key], ...pathsIn(inner).map((path) => [key, ...path])])
}

/** A copy with something else at a path. */
export function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by
  if (Array.isArray(value)) return value.map((item, at) => (String(at) === key ? replaced(item, rest, by) : item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([k, inner]) => [k, k === key ? replaced(inner, rest, by) : inner]),
  )
}
