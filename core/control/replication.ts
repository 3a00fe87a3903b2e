import { Environment, interpret } from '../ir/interpret.ts'
import type { ClosedJaxpr, JaxprEqn } from '../ir/jaxpr.ts'
import { ClosedJaxpr as Closed } from '../ir/jaxpr.ts'
import { partsOf } from '../ir/sequence.ts'

/** Names of the mesh axes along which a value differs between devices. */
export type Varying = ReadonlySet<string>

const nowhere: Varying = new Set()

function union(sets: readonly Varying[]): Varying {
  return new Set(sets.flatMap((set) => [...set]))
}

/** Along which axes each result of a device's program may differ, when it is known for the operands. */
export function varyingOutputs({ jaxpr }: ClosedJaxpr, inputs: readonly Varying[]): Varying[] {
  const env = new Environment<Varying>(() => nowhere)
  const consts = jaxpr.constvars.map(() => nowhere)
  return interpret(jaxpr, env, consts, inputs, varyingOf)
}

function varyingOf({ primitive, params, outputs }: JaxprEqn, inputs: readonly Varying[]): Varying[] {
  const everywhere = union(inputs)
  const axes = primitive.axisNames?.(params) ?? []
  switch (primitive.name) {
    case 'psum':
    case 'pmax':
    case 'pmin':
      return outputs.map((_, i) => new Set([...inputs[i]].filter((name) => !axes.includes(name))))
    case 'axis_index':
      return [new Set(axes)]
    case 'scan': {
      if (!(params.jaxpr instanceof Closed)) break
      const [consts, carry, xs] = partsOf(inputs, Number(params.num_consts), Number(params.num_carry), inputs.length)
      return settled(params.jaxpr, consts, carry, xs)
    }
    case 'while': {
      if (!(params.body_jaxpr instanceof Closed && params.cond_jaxpr instanceof Closed)) break
      const [condConsts, consts, carry] = partsOf(
        inputs,
        Number(params.cond_nconsts),
        Number(params.body_nconsts),
        inputs.length,
      )
      const outs = settled(params.body_jaxpr, consts, carry, [])
      // How often the body runs shows in every result.
      const count = union(varyingOutputs(params.cond_jaxpr, [...condConsts, ...outs]))
      return outs.map((out) => union([out, count]))
    }
    case 'cond': {
      const branches: readonly unknown[] = Array.isArray(params.branches) ? params.branches : []
      const results = branches.flatMap((branch) =>
        branch instanceof Closed ? [varyingOutputs(branch, inputs.slice(1))] : [],
      )
      return outputs.map((_, i) => union([inputs[0], ...results.map((result) => result[i])]))
    }
    case 'jit':
    case 'remat2':
      if (params.jaxpr instanceof Closed) return varyingOutputs(params.jaxpr, inputs)
      break
    case 'custom_jvp_call':
    case 'custom_vjp_call':
      if (params.call_jaxpr instanceof Closed) return varyingOutputs(params.call_jaxpr, inputs)
      break
  }
  const together = union([everywhere, new Set(axes)])
  return outputs.map(() => together)
}

/** Results of a loop, once its carry varies no further from one iteration to the next. */
function settled(
  body: ClosedJaxpr,
  consts: readonly Varying[],
  carry: readonly Varying[],
  xs: readonly Varying[],
): Varying[] {
  const outs = varyingOutputs(body, [...consts, ...carry, ...xs])
  const wider = carry.map((before, i) => union([before, outs[i]]))
  if (wider.every((set, i) => set.size === carry[i].size)) return [...wider, ...outs.slice(carry.length)]
  return settled(body, consts, wider, xs)
}
