import type { Shape } from '../ir/aval.ts'
import type { Mesh } from './mesh.ts'
import type { NamedSharding } from './named-sharding.ts'
import { PartitionSpec } from './partition-spec.ts'

/**
 * The spec by which an array lies over a mesh as it does over its own, which has the same devices in another grid.
 * Where there is none it is taken to be whole.
 */
export function specOver(mesh: Mesh, sharding: NamedSharding, shape: Shape): PartitionSpec {
  if (mesh.equals(sharding.mesh)) return sharding.spec
  const wanted = partsOf(sharding.mesh, sharding.spec, shape.length)
  const entries = shape.map((_, axis) => namesFor(mesh, wanted, axis))
  const found = entries.flatMap((names) => (names === null ? [] : [names]))
  if (found.length < entries.length || new Set(found.flat()).size < found.flat().length) return new PartitionSpec()
  return new PartitionSpec(...found).trimmed()
}

/** For each device the number of its part along each axis. */
function partsOf(mesh: Mesh, spec: PartitionSpec, ndim: number): number[][] {
  return mesh.devices.map((_, position) => {
    const coordinates = mesh.coordinates(position)
    return Array.from({ length: ndim }, (_, axis) => partAlong(mesh, spec.namesOf(axis), coordinates))
  })
}

function partAlong(mesh: Mesh, names: readonly string[], coordinates: readonly number[]): number {
  return names.reduce((part, name) => part * mesh.sizeOf(name) + coordinates[mesh.axisNames.indexOf(name)], 0)
}

/** Axes of the mesh, in the order of the grid, that number the parts along one axis of an array as wanted. */
function namesFor(mesh: Mesh, wanted: readonly (readonly number[])[], axis: number): readonly string[] | null {
  const places = mesh.devices.map((_, position) => mesh.coordinates(position))
  for (const names of orderedChoices(mesh.axisNames)) {
    if (places.every((coordinates, i) => partAlong(mesh, names, coordinates) === wanted[i][axis])) return names
  }
  return null
}

/** Every selection of names in every order, short ones first. Meshes have few axes. */
function orderedChoices(names: readonly string[]): string[][] {
  const all: string[][] = [[]]
  for (const chosen of all) {
    for (const name of names) if (!chosen.includes(name)) all.push([...chosen, name])
  }
  return all
}
