import type { ShapedArray } from '../ir/aval.ts'
import type { Mesh } from './mesh.ts'
import { PartitionSpec } from './partition-spec.ts'

/** An operand, and how it lies over a mesh. */
export interface Spread {
  readonly aval: ShapedArray
  readonly spec: PartitionSpec
}

/**
 * What an axis runs over: one factor, none that is an axis of anything else, or several, the slowest first, which
 * an axis of a reshaped array is made of.
 */
export type AxisFactors = number | null | readonly number[]

/**
 * Which axes of operands and results run together, as factors that they share: in a product of matrices
 * `[0, 2]`, `[2, 1]` and `[0, 1]`. Lengths are needed only of factors that share an axis.
 */
export interface ShardingRule {
  readonly operands: readonly (readonly AxisFactors[])[]
  readonly results: readonly (readonly AxisFactors[])[]
  readonly lengths?: readonly number[]
}

interface Shared {
  names: readonly string[]
  /** Two operands disagreed: no further one is asked. */
  settled: boolean
}

/** Specs of results by a rule. Where operands disagree, or parts would not be equal, an axis is not split. */
export function spreadBy(
  rule: ShardingRule,
  operands: readonly Spread[],
  outAvals: readonly ShapedArray[],
  mesh: Mesh,
): PartitionSpec[] {
  const shared = new Map<number, Shared>()
  operands.forEach(({ spec }, i) => {
    rule.operands[i].forEach((axis, at) => {
      take(factorsOf(axis), spec.namesOf(at), rule.lengths, mesh, shared)
    })
  })
  return outAvals.map((aval, i) => {
    const used = new Set<string>()
    const entries = rule.results[i].map((axis, at) => {
      const names = given(factorsOf(axis), aval.shape[at], rule.lengths, mesh, shared, used)
      names.forEach((name) => used.add(name))
      return names
    })
    return likeOperand(new PartitionSpec(...entries), aval, operands)
  })
}

function factorsOf(axis: AxisFactors): readonly number[] {
  return axis === null ? [] : typeof axis === 'number' ? [axis] : axis
}

function take(
  factors: readonly number[],
  names: readonly string[],
  lengths: readonly number[] | undefined,
  mesh: Mesh,
  shared: Map<number, Shared>,
): void {
  let rest = names
  for (const factor of factors) {
    const length = factors.length === 1 ? undefined : lengths?.[factor]
    let parts = 1
    let count = 0
    while (count < rest.length && (length === undefined || length % (parts * mesh.sizeOf(rest[count])) === 0)) {
      parts *= mesh.sizeOf(rest[count++])
    }
    agree(factor, rest.slice(0, count), shared)
    rest = rest.slice(count)
    // What comes after a factor is split only where that is split to single elements.
    if (parts !== length) return
  }
}

function agree(factor: number, names: readonly string[], shared: Map<number, Shared>): void {
  const known = shared.get(factor)
  if (known === undefined) {
    shared.set(factor, { names, settled: false })
    return
  }
  if (known.settled) return
  const [short, long] = known.names.length <= names.length ? [known.names, names] : [names, known.names]
  const differs = short.findIndex((name, i) => name !== long[i])
  known.names = differs < 0 ? long : short.slice(0, differs)
  known.settled = differs >= 0
}

function given(
  factors: readonly number[],
  length: number,
  lengths: readonly number[] | undefined,
  mesh: Mesh,
  shared: ReadonlyMap<number, Shared>,
  used: ReadonlySet<string>,
): string[] {
  const names: string[] = []
  let parts = 1
  for (const factor of factors) {
    let own = 1
    for (const name of shared.get(factor)?.names ?? []) {
      if (used.has(name) || names.includes(name) || length % (parts * mesh.sizeOf(name)) !== 0) return names
      names.push(name)
      parts *= mesh.sizeOf(name)
      own *= mesh.sizeOf(name)
    }
    if (own !== lengths?.[factor]) return names
  }
  return names
}

/** The spec of an operand where it says the same, so that it is written in the same way. */
function likeOperand(spec: PartitionSpec, aval: ShapedArray, operands: readonly Spread[]): PartitionSpec {
  const same = operands.find((operand) => operand.aval.ndim === aval.ndim && operand.spec.splitsLike(spec))
  return same?.spec ?? spec.trimmed()
}

/** What both of two ways to spread one array say. */
export function joinedSpec(a: PartitionSpec, b: PartitionSpec, aval: ShapedArray, mesh: Mesh): PartitionSpec {
  const axes = aval.shape.map((_, axis) => axis)
  const both = [
    { aval, spec: a },
    { aval, spec: b },
  ]
  return spreadBy({ operands: [axes, axes], results: [axes] }, both, [aval], mesh)[0]
}
