import type { Atom, ClosedJaxpr } from '../ir/jaxpr.ts'
import type { Params, Primitive } from '../tracing/primitive.ts'
import type { Mesh } from './mesh.ts'
import { PartitionSpec } from './partition-spec.ts'
import { joinedSpec } from './spread.ts'

const whole = new PartitionSpec()

/** How the results of a program lie over a mesh, from how its operands do. */
export function specsOfProgram(
  { jaxpr }: ClosedJaxpr,
  operands: readonly PartitionSpec[],
  mesh: Mesh,
): readonly PartitionSpec[] {
  const specs = new Map<Atom, PartitionSpec>(jaxpr.invars.map((invar, i) => [invar, operands[i]]))
  const read = (atom: Atom): PartitionSpec => specs.get(atom) ?? whole
  for (const { primitive, params, inputs, outputs } of jaxpr.eqns) {
    const spread = inputs.map((atom) => ({ aval: atom.aval, spec: read(atom) }))
    const results = primitive.inferSharding?.(
      spread,
      params,
      outputs.map((output) => output.aval),
      mesh,
    )
    outputs.forEach((output, i) => specs.set(output, results?.[i] ?? whole))
  }
  return jaxpr.outvars.map(read)
}

const meshes = new WeakMap<ClosedJaxpr, Mesh | null>()

/** The mesh that an equation of a program is for; null for a program that runs anywhere. */
export function meshOfProgram(program: ClosedJaxpr): Mesh | null {
  let mesh = meshes.get(program)
  if (mesh === undefined) {
    mesh = null
    for (const { primitive, params } of program.eqns) mesh ??= primitive.meshOf?.(params) ?? null
    meshes.set(program, mesh)
  }
  return mesh
}

/** What a record says of places whose equation runs a program on its operands. */
export function asItsProgram<P extends Params>(
  programOf: (params: P) => ClosedJaxpr,
): Required<Pick<Primitive<P>, 'inferSharding' | 'meshOf'>> {
  return {
    inferSharding: (operands, params, _outAvals, mesh) =>
      specsOfProgram(
        programOf(params),
        operands.map(({ spec }) => spec),
        mesh,
      ),
    meshOf: (params) => meshOfProgram(programOf(params)),
  }
}

/** How the carry of a loop lies over a mesh, which its body gives back as it was; what both ends say of it holds. */
export function specsOfLoop(
  body: ClosedJaxpr,
  consts: readonly PartitionSpec[],
  carry: readonly PartitionSpec[],
  slices: readonly PartitionSpec[],
  mesh: Mesh,
): readonly PartitionSpec[] {
  let now = carry
  // Each further round splits one more axis of some value.
  const most = body.outAvals.slice(0, carry.length).reduce((count, aval) => count + aval.ndim, 1)
  for (let round = 0; ; round++) {
    const outs = specsOfProgram(body, [...consts, ...now, ...slices], mesh)
    const after = now.map((spec, i) => joinedSpec(spec, outs[i], body.outAvals[i], mesh))
    const settled = after.every((spec, i) => spec.splitsLike(now[i]))
    if (settled || round === most) return [...after, ...outs.slice(carry.length)]
    now = after
  }
}
