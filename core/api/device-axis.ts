import { ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'

/** Which axis of an array is spread over devices, counted from the front; null for none. */
export type MappedAxis = number | null

interface Shaped {
  readonly ndim: number
  readonly shape: readonly number[]
}

/** The axis that was asked for, counted from the front. */
export function axisInRange(axis: unknown, array: Shaped, nameOf: () => string): MappedAxis {
  if (typeof axis !== 'number') return null
  const resolved = axis < 0 ? axis + array.ndim : axis
  if (Number.isInteger(axis) && resolved >= 0 && resolved < array.ndim) return resolved
  throw new ValueError(
    `${nameOf()} has shape ${formatShape(array.shape)}, so there is no axis ${axis} to spread over devices.`,
    { lesson: 'B1' },
  )
}

/** How many devices the arguments are for. */
export function axisSizeOf(
  where: string,
  arrays: readonly Shaped[],
  axes: readonly MappedAxis[],
  expected: number | undefined,
): number {
  const sizes = new Set(axes.flatMap((axis, i) => (axis === null ? [] : [arrays[i].shape[axis]])))
  const [size] = sizes
  if (size === undefined) {
    throw new ValueError(`${where} requires at least one argument with a mapped axis.`, { lesson: 'B1' })
  }
  if (sizes.size > 1) {
    throw new ValueError(`${where} got different device axis sizes: ${[...sizes].join(', ')}.`, {
      hint: 'The mapped axis of every argument has one entry a device.',
      lesson: 'B1',
    })
  }
  if (size === 0) throw new ValueError(`${where}: the mapped axis is empty, so there is no device to run on.`)
  if (expected === undefined || expected === size) return size
  throw new ValueError(`${where}: axisSize is ${expected}, and the mapped axes have ${size} entries.`)
}
