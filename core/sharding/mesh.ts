import { ValueError } from '../errors.ts'
import { Device, devices } from './device.ts'

/** Devices as a grid with named axes. JAX: `jax.sharding.Mesh`. */
export class Mesh {
  readonly axisNames: readonly string[]
  /** Length of each axis. */
  readonly axisSizes: readonly number[]
  /** The devices in row-major order. */
  readonly devices: readonly Device[]

  /**
   * @param grid Devices in nested lists, one level an axis.
   * @param axisNames One name an axis; a wrong number of names is a ValueError.
   * @example new Mesh([devices()[0]], ['x']).toString() // Mesh('x': 1, axis_types=(Auto,))
   */
  constructor(grid: readonly DeviceGrid[], axisNames: string | readonly string[]) {
    const { shape, flat } = gridOf(grid)
    this.axisNames = [axisNames].flat()
    this.axisSizes = shape
    this.devices = flat
    if (shape.length !== this.axisNames.length) {
      throw new ValueError(
        `Mesh requires one name an axis: the devices have ${shape.length} axes, the names are (${this.axisNames.join(', ')}).`,
      )
    }
    if (new Set(this.axisNames).size !== this.axisNames.length || new Set(flat).size !== flat.length) {
      throw new ValueError('Mesh: axis names and devices must be unique.')
    }
  }

  /** Lengths of the axes by name. */
  get shape(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.axisNames.map((name, axis) => [name, this.axisSizes[axis]]))
  }

  get size(): number {
    return this.devices.length
  }

  /** Length of a named axis, or a ValueError. */
  sizeOf(name: string): number {
    const axis = this.axisNames.indexOf(name)
    if (axis >= 0) return this.axisSizes[axis]
    throw new ValueError(`the mesh has the axes (${this.axisNames.join(', ')}), and no axis '${name}'.`)
  }

  /** Index of a device along each axis. */
  coordinates(position: number): number[] {
    let rest = position
    return this.axisSizes
      .map((_, axis) => this.axisSizes.length - 1 - axis)
      .map((axis) => {
        const index = rest % this.axisSizes[axis]
        rest = Math.floor(rest / this.axisSizes[axis])
        return index
      })
      .toReversed()
  }

  /** The same grid of the same devices with the same names. */
  equals(other: Mesh): boolean {
    return (
      this.toString() === other.toString() &&
      this.devices.every((device, position) => device === other.devices[position])
    )
  }

  /** `Mesh('x': 2, 'y': 4, axis_types=(Auto, Auto))` */
  toString(): string {
    const sizes = this.axisNames.map((name, axis) => `'${name}': ${this.axisSizes[axis]}`)
    const kinds = this.axisNames.map(() => 'Auto')
    return `Mesh(${[...sizes, `axis_types=(${kinds.length === 1 ? 'Auto,' : kinds.join(', ')})`].join(', ')})`
  }
}

/** A device, or a list of grids of one shape. */
export type DeviceGrid = Device | readonly DeviceGrid[]

function gridOf(grid: DeviceGrid): { shape: number[]; flat: Device[] } {
  if (grid instanceof Device) return { shape: [], flat: [grid] }
  const rows = grid.map(gridOf)
  const inner = rows[0]?.shape ?? []
  if (rows.some(({ shape }) => shape.join() !== inner.join())) {
    throw new ValueError('Mesh: the devices must form a rectangular grid.')
  }
  return { shape: [rows.length, ...inner], flat: rows.flatMap(({ flat }) => flat) }
}

/**
 * A mesh over the first devices. Its axes are of the kind Auto: arrays need not carry a placement in their
 * type. JAX: `jax.make_mesh` with `axis_types=AxisType.Auto`.
 *
 * @example makeMesh([1], ['x']).size // 1
 */
export function makeMesh(
  axisShapes: readonly number[],
  axisNames: readonly string[],
  { devices: given }: { readonly devices?: readonly Device[] } = {},
): Mesh {
  const available = given ?? devices()
  const count = axisShapes.reduce((product, length) => product * length, 1)
  if (axisShapes.length !== axisNames.length) {
    throw new ValueError(`makeMesh: ${axisShapes.length} lengths for ${axisNames.length} names.`)
  }
  if (count > available.length) {
    throw new ValueError(
      `makeMesh: a mesh of shape (${axisShapes.join(', ')}) needs ${count} devices, there are ${available.length}.`,
      { hint: `Set config.update('numCpuDevices', ${count}) first.`, lesson: 'B1' },
    )
  }
  let grid: DeviceGrid[] = available.slice(0, count)
  for (const length of axisShapes.slice(1).toReversed()) {
    const rows = grid
    grid = Array.from({ length: rows.length / length }, (_, i) => rows.slice(i * length, (i + 1) * length))
  }
  return new Mesh(grid, axisNames)
}
