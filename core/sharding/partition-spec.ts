import { ValueError } from '../errors.ts'
import type { Shape } from '../ir/aval.ts'
import type { Mesh } from './mesh.ts'

/** The mesh axes that one axis of an array is split over: one, several, or none. */
export type SpecEntry = string | readonly string[] | null

/** How the axes of an array are split over the axes of a mesh. JAX: `jax.sharding.PartitionSpec`. */
export class PartitionSpec {
  readonly entries: readonly SpecEntry[]

  constructor(...entries: readonly SpecEntry[]) {
    this.entries = entries.map((entry) => {
      if (entry === null || typeof entry === 'string') return entry
      return entry.length === 1 ? entry[0] : entry.length === 0 ? null : [...entry]
    })
  }

  /** Mesh axes of array axis `axis`. */
  namesOf(axis: number): readonly string[] {
    const entry = this.entries[axis] ?? null
    return entry === null ? [] : typeof entry === 'string' ? [entry] : entry
  }

  /** Every mesh axis that the spec mentions. */
  get names(): string[] {
    return this.entries.flatMap((_, axis) => this.namesOf(axis))
  }

  /** The same entries. */
  equals(other: PartitionSpec): boolean {
    return JSON.stringify(this.entries) === JSON.stringify(other.entries)
  }

  /** Whether an array of either spec lies in the same way: axes that are not split may be left out at the end. */
  splitsLike(other: PartitionSpec): boolean {
    return this.trimmed().equals(other.trimmed())
  }

  /** The spec without axes at its end that are not split. */
  trimmed(): PartitionSpec {
    const last = this.entries.findLastIndex((entry) => entry !== null)
    return last === this.entries.length - 1 ? this : new PartitionSpec(...this.entries.slice(0, last + 1))
  }

  /** `P('x', None)` */
  toString(): string {
    const written = this.entries.map((entry) => {
      if (entry === null) return 'None'
      return typeof entry === 'string' ? `'${entry}'` : `(${entry.map((name) => `'${name}'`).join(', ')})`
    })
    return `P(${written.length === 1 ? `${written[0]},` : written.join(', ')})`
  }
}

/**
 * A PartitionSpec: one entry an axis, null for an axis that is not split. JAX: `jax.P`.
 *
 * @example P('x', null).toString() // P('x', None)
 */
export function P(...entries: readonly SpecEntry[]): PartitionSpec {
  return new PartitionSpec(...entries)
}

/** The shape of one device's part; a ValueError where the mesh does not divide an axis. */
export function shardShape(shape: Shape, spec: PartitionSpec, mesh: Mesh, where: string): number[] {
  assertFits(spec, shape.length, mesh, where)
  return shape.map((length, axis) => {
    const parts = spec.namesOf(axis).reduce((product, name) => product * mesh.sizeOf(name), 1)
    if (length % parts === 0) return length / parts
    throw new ValueError(
      `${where}: axis ${axis} of shape (${shape.join(', ')}) is split in ${parts} by ${spec.toString()}, which does not divide ${length}.`,
      {
        hint: 'Every device gets a part of the same shape: pad the array, or split another axis.',
        lesson: 'B1',
      },
    )
  })
}

/** The shape of the whole that parts of this shape make. */
export function wholeShape(shape: Shape, spec: PartitionSpec, mesh: Mesh, where: string): number[] {
  assertFits(spec, shape.length, mesh, where)
  return shape.map((length, axis) => spec.namesOf(axis).reduce((product, name) => product * mesh.sizeOf(name), length))
}

function assertFits(spec: PartitionSpec, ndim: number, mesh: Mesh, where: string): void {
  if (spec.entries.length > ndim) {
    throw new ValueError(`${where}: ${spec.toString()} has more entries than the array has axes (${ndim}).`)
  }
  const { names } = spec
  names.forEach((name) => mesh.sizeOf(name))
  if (new Set(names).size !== names.length) {
    throw new ValueError(`${where}: ${spec.toString()} names a mesh axis twice.`)
  }
}

/** Where the part of the device at `coordinates` starts in the whole, for each axis. */
export function shardStart(shard: Shape, spec: PartitionSpec, mesh: Mesh, coordinates: readonly number[]): number[] {
  return shard.map((length, axis) => {
    const position = spec
      .namesOf(axis)
      .reduce((index, name) => index * mesh.sizeOf(name) + coordinates[mesh.axisNames.indexOf(name)], 0)
    return position * length
  })
}
