import { JaxTypeError } from '../errors.ts'
import type { AxisData } from './primitive.ts'

let axes: readonly AxisData[] = []

/** Runs `body` with a mapped axis in scope, so that collectives can name it. */
export function withAxis<T>(axis: AxisData, body: () => T): T {
  const outer = axes
  axes = [axis, ...axes]
  try {
    return body()
  } finally {
    axes = outer
  }
}

/** The length of a named axis in scope. */
export function axisSizeOf(name: string, operation: string): number {
  const axis = axes.find((candidate) => candidate.name === name)
  if (axis !== undefined) return axis.size
  const known = axes.flatMap((candidate) => (candidate.name === null ? [] : [`'${candidate.name}'`]))
  throw new JaxTypeError(`${operation}: unbound axis name '${name}'`, {
    hint:
      known.length === 0
        ? `No named axis is in scope: call this inside vmap(f, { axisName: '${name}' }) or pmap(f, { axisName: '${name}' }).`
        : `The axes in scope are ${known.join(', ')}.`,
  })
}

/** Names and sizes of the axes in scope, for cache keys. An axis without a name cannot be referred to. */
export function axisEnvKey(): string {
  if (axes.length === 0) return ''
  return axes.flatMap(({ name, size }) => (name === null ? [] : [`${JSON.stringify(name)}:${size}`])).join()
}

/** After a computation was broken off from outside, so that no finally block ran. */
export function resetAxes(): void {
  axes = []
}
