/** The type of an array, as a jaxpr writes it (`f32[3]`); null for anything else. */
type TypeOf = (value: unknown) => string | null

/** A longer label would no longer be read beside a value. */
const longest = 64
const deepest = 4

/**
 * Dtype and shape of a cell's value, beside which it stands: `f32[3]`, or `{ w: f32[3,4], b: f32[4] }` for a
 * structure of arrays. Null where there is no array to tell about.
 */
export function typeLabel(value: unknown, typeOf: TypeOf): string | null {
  const own = typeOf(value)
  if (own !== null) return own
  const arrays: string[] = []
  const label = structure(value, typeOf, arrays, [])
  if (arrays.length === 0) return null
  if (label.length <= longest) return label
  const [first] = arrays
  const same = arrays.every((type) => type === first)
  return `${arrays.length} arrays${same ? ` ${first}` : ''}`
}

function structure(value: unknown, typeOf: TypeOf, arrays: string[], within: readonly object[]): string {
  const own = typeOf(value)
  if (own !== null) {
    arrays.push(own)
    return own
  }
  if (typeof value !== 'object' || value === null) return typeof value
  if (within.length === deepest || within.includes(value)) return '…'
  const inner = (each: unknown): string => structure(each, typeOf, arrays, [...within, value])
  if (Array.isArray(value)) return `[${value.slice(0, mostEntries).map(inner).join(', ')}]`
  if (!isPlain(value)) return 'object'
  const entries = Object.entries(Object.getOwnPropertyDescriptors(value)).slice(0, mostEntries)
  // A getter is the learner's code: looking at a value runs none of it.
  return `{ ${entries.map(([name, { value: entry }]) => `${name}: ${inner(entry)}`).join(', ')} }`
}

const mostEntries = 1000

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
