import { sameShape, sizeOf, type Shape } from '../../ir/aval.ts'
import { type Atom, type ClosedJaxpr, type JaxprEqn, type Var } from '../../ir/jaxpr.ts'
import { inlineJit } from '../../ir/inline.ts'
import type { HostArray } from '../../ir/host-array.ts'
import { hostValueOf } from '../../tracing/host-value.ts'
import { maxHeapPages } from '../../runtime/heap.ts'
import { MissingLoweringError } from '../../errors.ts'
import { CodeBuilder, encodeModule } from './encoder.ts'
import { elementwiseLowerings, simd } from './elementwise.ts'

const laneBytes = 16
const floatBytes = 4

/** A program on the CPU target: a WebAssembly function over addresses of inputs and outputs. */
export interface WasmProgram {
  readonly module: WebAssembly.Module
  /** Constants that the program reads, passed like inputs after them. */
  readonly constants: readonly HostArray[]
  readonly outShapes: readonly Shape[]
}

/**
 * Compiles a jaxpr of element-wise float32 equations to one fused loop: every element is loaded once,
 * all equations are computed in registers, every result is stored once. Scalars are spread over the
 * lanes. Throws MissingLoweringError for anything that the target cannot do yet.
 */
export function compileToWasm(closed: ClosedJaxpr): WasmProgram {
  const { jaxpr, consts } = inlineJit(closed)
  const constants = consts.map((value) => {
    const host = hostValueOf(value)
    if (host === null) throw new Error('internal: a program with traced constants was compiled')
    return host
  })
  const avals = [...jaxpr.invars, ...jaxpr.constvars, ...jaxpr.outvars].map((atom) => atom.aval)
  const shape = avals.map((aval) => aval.shape).find((candidate) => candidate.length > 0) ?? []
  jaxpr.eqns.forEach((eqn) => assertLowered(eqn, shape))
  for (const aval of avals) {
    if (aval.dtype !== 'float32') throw new MissingLoweringError('cpu', `values of dtype ${aval.dtype}`)
  }
  const operands = [...jaxpr.invars, ...jaxpr.constvars]
  const code = emitLoop(operands, jaxpr.eqns, jaxpr.outvars, shape)
  return {
    module: new WebAssembly.Module(encodeModule(code, maxHeapPages)),
    constants,
    outShapes: jaxpr.outvars.map((outvar) => outvar.aval.shape),
  }
}

function assertLowered(eqn: JaxprEqn, shape: Shape): void {
  const { name } = eqn.primitive
  if (!Object.hasOwn(elementwiseLowerings, name)) throw new MissingLoweringError('cpu', `the primitive '${name}'`)
  for (const { aval } of [...eqn.inputs, ...eqn.outputs]) {
    if (aval.dtype !== 'float32') throw new MissingLoweringError('cpu', `'${name}' of dtype ${aval.dtype}`)
    if (aval.ndim > 0 && !sameShape(aval.shape, shape))
      throw new MissingLoweringError('cpu', `'${name}' of several shapes`)
  }
}

/** Parameters of the function: an address for each operand, one for each output. */
function emitLoop(
  operands: readonly Var[],
  eqns: readonly JaxprEqn[],
  outvars: readonly Atom[],
  shape: Shape,
): CodeBuilder {
  const code = new CodeBuilder([...operands, ...outvars].map(() => 'i32' as const))
  const size = sizeOf(shape)
  const offset = code.newLocal('i32')
  const vectorEnd = Math.floor(size / 4) * laneBytes
  const pass = (width: 'vector' | 'scalar', end: number): void => {
    const locals = new Map<Atom, number>()
    const valueType = width === 'vector' ? ('v128' as const) : ('f32' as const)
    const localOf = (atom: Atom): number => {
      let local = locals.get(atom)
      if (local === undefined) locals.set(atom, (local = code.newLocal(valueType)))
      return local
    }
    const push = (atom: Atom): void => {
      if ('value' in atom) {
        code.f32(Number(atom.value))
        if (width === 'vector') code.simd(simd.splatF32)
      } else {
        code.get(localOf(atom))
      }
    }
    const address = (parameter: number): void => {
      code.get(parameter)
      code.get(offset)
      code.op(0x6a)
    }
    // Scalars do not change from element to element: they are loaded before the loop.
    operands.forEach((operand, i) => {
      if (operand.aval.ndim > 0) return
      code.get(i)
      code.op(0x2a, 2, 0)
      if (width === 'vector') code.simd(simd.splatF32)
      code.set(localOf(operand))
    })
    code.whileLoop(
      () => {
        code.get(offset)
        code.i32(end)
        code.op(0x49)
      },
      () => {
        operands.forEach((operand, i) => {
          if (operand.aval.ndim === 0) return
          address(i)
          if (width === 'vector') code.simd(simd.load, 2, 0)
          else code.op(0x2a, 2, 0)
          code.set(localOf(operand))
        })
        for (const eqn of eqns) {
          eqn.inputs.forEach(push)
          elementwiseLowerings[eqn.primitive.name][width](code)
          code.set(localOf(eqn.outputs[0]))
        }
        outvars.forEach((outvar, i) => {
          address(operands.length + i)
          push(outvar)
          if (width === 'vector') code.simd(simd.store, 2, 0)
          else code.op(0x38, 2, 0)
        })
        code.get(offset)
        code.i32(width === 'vector' ? laneBytes : floatBytes)
        code.op(0x6a)
        code.set(offset)
      },
    )
  }
  pass('vector', vectorEnd)
  pass('scalar', size * floatBytes)
  return code
}
