import { config } from '../config.ts'
import type { ShapedArray } from '../ir/aval.ts'
import type { HostArray } from '../ir/host-array.ts'
import { ClosedJaxpr, Jaxpr, Var } from '../ir/jaxpr.ts'
import { runOnGpu } from '../runtime/gpu.ts'
import type { Params, Primitive } from '../tracing/primitive.ts'
import { staticText } from '../tree/static-key.ts'
import { compileToWasm } from './wasm/compile.ts'
import { WasmExecutable } from './wasm/executable.ts'

const cpuExecutables = new WeakMap<ClosedJaxpr, WasmExecutable>()
const singleEquations = new Map<string, ClosedJaxpr>()

/** Runs one primitive on the default platform. */
export function execute(
  primitive: Primitive,
  operands: readonly HostArray[],
  params: Params,
  inAvals: readonly ShapedArray[],
  outAvals: readonly ShapedArray[],
): HostArray[] {
  switch (config.platform) {
    case 'reference':
      return primitive.impl(operands, params, outAvals)
    case 'gpu':
      return runOnGpu(programOf(primitive, params, inAvals, outAvals), operands)
    case 'cpu':
      return executableFor(programOf(primitive, params, inAvals, outAvals)).execute(operands)
  }
}

/** The jaxpr of a jit equation, or a jaxpr of one equation for an eager call. */
function programOf(
  primitive: Primitive,
  params: Params,
  inAvals: readonly ShapedArray[],
  outAvals: readonly ShapedArray[],
): ClosedJaxpr {
  if (primitive.name === 'jit' && params.jaxpr instanceof ClosedJaxpr) return params.jaxpr
  const key = `${primitive.name} ${staticText(params)} ${staticText(inAvals)}`
  const known = singleEquations.get(key)
  if (known !== undefined) return known
  const inputs = inAvals.map((aval) => new Var(aval))
  const outputs = outAvals.map((aval) => new Var(aval))
  const jaxpr = new ClosedJaxpr(
    new Jaxpr([], inputs, [{ primitive, inputs, outputs, params, source: null }], outputs),
    [],
  )
  // A jaxpr or a function in the parameters is known by its identity, and rarely met again.
  if (!key.includes('#')) singleEquations.set(key, jaxpr)
  return jaxpr
}

function executableFor(jaxpr: ClosedJaxpr): WasmExecutable {
  let executable = cpuExecutables.get(jaxpr)
  if (executable === undefined) {
    executable = new WasmExecutable(compileToWasm(jaxpr))
    cpuExecutables.set(jaxpr, executable)
  }
  return executable
}
