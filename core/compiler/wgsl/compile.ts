import { sameShape } from '../../ir/aval.ts'
import { inlineJit } from '../../ir/inline.ts'
import type { Atom, ClosedJaxpr, JaxprEqn, Var } from '../../ir/jaxpr.ts'
import { MissingLoweringError } from '../../errors.ts'
import { hostValueOf } from '../../tracing/host-value.ts'
import { fuseElementwise, isElementwise } from './elementwise.ts'
import { type WgslKernel, type WgslProgram, isFloat32, workgroupsFor } from './program.ts'
import { structuredKernels } from './structured.ts'

/**
 * Compiles a jaxpr of float32 equations to WGSL kernels: runs of element-wise equations of one shape
 * become one kernel, reductions, matrix products and views one each. Throws MissingLoweringError for
 * anything that the target cannot do yet.
 */
export function compileToWgsl(closed: ClosedJaxpr): WgslProgram {
  const { jaxpr, consts } = inlineJit(closed)
  const numbers = new Map<Var, number>()
  const sizes: number[] = []
  const numberOf = (variable: Var): number => {
    let number = numbers.get(variable)
    if (number === undefined) {
      if (!isFloat32(variable.aval)) throw new MissingLoweringError('gpu', `values of dtype ${variable.aval.dtype}`)
      number = sizes.push(variable.aval.size) - 1
      numbers.set(variable, number)
    }
    return number
  }
  const constants: { value: number; data: Float32Array }[] = jaxpr.constvars.map((variable, i) => {
    const data = hostValueOf(consts[i])?.data
    if (!(data instanceof Float32Array))
      throw new MissingLoweringError('gpu', `constants of ${variable.aval.toString()}`)
    // Sent to the GPU's thread as a message.
    return { value: numberOf(variable), data: data.slice() }
  })
  const inputs = jaxpr.invars.map(numberOf)
  const literals: { value: number; data: Float32Array }[] = []
  const valueOf = (atom: Atom): number => {
    if (!('value' in atom)) return numberOf(atom)
    const value = sizes.push(1) - 1
    literals.push({ value, data: Float32Array.of(Number(atom.value)) })
    return value
  }
  const kernels = groupsOf(jaxpr.eqns).map((group, i, groups) => {
    const later = new Set<Atom>([
      ...groups
        .slice(i + 1)
        .flat()
        .flatMap((eqn) => eqn.inputs),
      ...jaxpr.outvars,
    ])
    if (isElementwise(group[0])) return fuseElementwise(group, (variable) => later.has(variable), numberOf)
    return structuredKernel(group[0], valueOf)
  })
  const outputs = jaxpr.outvars.map(valueOf)
  return {
    sizes,
    inputs,
    constants: [...constants, ...literals],
    kernels: kernels.filter((kernel) => kernel.bindings.length > 0),
    outputs,
    outShapes: jaxpr.outvars.map((outvar) => outvar.aval.shape),
  }
}

function structuredKernel(eqn: JaxprEqn, valueOf: (atom: Atom) => number): WgslKernel {
  const { name } = eqn.primitive
  if (!Object.hasOwn(structuredKernels, name)) throw new MissingLoweringError('gpu', `the primitive '${name}'`)
  return {
    label: name,
    code: structuredKernels[name](eqn),
    bindings: [...eqn.inputs, ...eqn.outputs].map(valueOf),
    workgroups: workgroupsFor(eqn.outputs[0].aval.size),
  }
}

/** Storage buffers that every WebGPU device offers to one kernel. */
const maxBindings = 8

/** Consecutive element-wise equations of one shape together, every other equation alone. */
function groupsOf(eqns: readonly JaxprEqn[]): JaxprEqn[][] {
  const groups: JaxprEqn[][] = []
  for (const eqn of eqns) {
    const last = groups.at(-1)
    const joins =
      last !== undefined &&
      isElementwise(eqn) &&
      isElementwise(last[0]) &&
      sameShape(eqn.outputs[0].aval.shape, last[0].outputs[0].aval.shape) &&
      bindingCount([...last, eqn]) <= maxBindings
    if (joins) last.push(eqn)
    else groups.push([eqn])
  }
  return groups
}

/** At most this many buffers: every outside operand, and every result. */
function bindingCount(eqns: readonly JaxprEqn[]): number {
  const made = new Set<Atom>(eqns.map((eqn) => eqn.outputs[0]))
  const read = new Set(eqns.flatMap((eqn) => eqn.inputs).filter((input) => !('value' in input) && !made.has(input)))
  return read.size + made.size
}
