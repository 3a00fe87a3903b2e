import type { TypedArray } from '../../core/ir/dtype.ts'
import { ConcreteArray } from '../../core/runtime/concrete-array.ts'

/** How deep in lists and objects an array is looked for, and among how many values. */
const deepest = 4
const most = 5_000

/**
 * What the cells call the array that has these numbers: `W`, `params.layers[0]`. Null when they have no name for it,
 * or it lies too deep. Runs nothing of theirs: properties that are computed are passed by.
 */
export function nameOfValue(names: object, data: TypedArray): string | null {
  let seen = 0
  const find = (container: object, depth: number, path: (key: string) => string): string | null => {
    const inner: { readonly value: object; readonly at: string }[] = []
    for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(container))) {
      const value: unknown = descriptor.value
      if (typeof value !== 'object' || value === null || ++seen > most) continue
      if (!(value instanceof ConcreteArray)) inner.push({ value, at: path(key) })
      else if (!value.released && value.host.data === data) return path(key)
    }
    if (depth === deepest) return null
    for (const { value, at } of inner) {
      if (ArrayBuffer.isView(value)) continue
      const found = find(value, depth + 1, (key) => (Array.isArray(value) ? `${at}[${key}]` : `${at}.${key}`))
      if (found !== null) return found
    }
    return null
  }
  return find(names, 0, (key) => key)
}
