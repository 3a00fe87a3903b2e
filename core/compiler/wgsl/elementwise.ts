import { sameShape, sizeOf } from '../../ir/aval.ts'
import { MissingLoweringError } from '../../errors.ts'
import type { Atom, JaxprEqn, Var } from '../../ir/jaxpr.ts'
import type { Params } from '../../tracing/primitive.ts'
import { type WgslKernel, kernelText, workgroupsFor } from './program.ts'

type Expression = (operands: readonly string[], params: Params) => string

const call =
  (name: string): Expression =>
  (operands) =>
    `${name}(${operands.join(', ')})`
const infix =
  (operator: string): Expression =>
  ([a, b]) =>
    `(${a} ${operator} ${b})`

/** Element-wise float32 primitives as WGSL expressions. */
const expressions: Readonly<Record<string, Expression>> = {
  add: infix('+'),
  add_any: infix('+'),
  sub: infix('-'),
  mul: infix('*'),
  div: infix('/'),
  max: call('max'),
  min: call('min'),
  neg: ([a]) => `(-${a})`,
  abs: call('abs'),
  sign: call('sign'),
  floor: call('floor'),
  ceil: call('ceil'),
  sqrt: call('sqrt'),
  rsqrt: call('inverseSqrt'),
  exp: call('exp'),
  exp2: call('exp2'),
  log: call('log'),
  sin: call('sin'),
  cos: call('cos'),
  tan: call('tan'),
  tanh: call('tanh'),
  square: ([a]) => `(${a} * ${a})`,
  logistic: ([a]) => `(1.0 / (1.0 + exp(-${a})))`,
  integer_pow: ([a], { y }) => integerPower(a, Number(y)),
  stop_gradient: ([a]) => a,
  copy: ([a]) => a,
}

function integerPower(base: string, exponent: number): string {
  const product = Array.from({ length: Math.abs(exponent) }, () => base).join(' * ') || '1.0'
  return exponent < 0 ? `(1.0 / (${product}))` : `(${product})`
}

export function isElementwise(eqn: JaxprEqn): boolean {
  return Object.hasOwn(expressions, eqn.primitive.name)
}

/** A float32 literal that WGSL reads back to the same bits. */
export function floatLiteral(value: number): string {
  if (!Number.isFinite(value)) {
    const bits = new Uint32Array(Float32Array.of(value).buffer)[0]
    // WGSL refuses constants that are not finite; one that depends on the invocation it takes.
    return `bitcast<f32>(${bits}u | (i & 0u))`
  }
  const text = String(Math.fround(value))
  return `${/[.e]/.test(text) ? text : `${text}.0`}f`
}

/** Operands are of the result's shape or single values: axes of length 1 do not spread here. */
function assertOneShape({ primitive, inputs, outputs }: JaxprEqn): void {
  const { shape } = outputs[0].aval
  for (const { aval } of inputs) {
    if (aval.size === 1 || sameShape(aval.shape, shape)) continue
    throw new MissingLoweringError(
      'gpu',
      `'${primitive.name}' of ${aval.toString()} beside ${outputs[0].aval.toString()}`,
    )
  }
}

/**
 * One kernel for a run of element-wise equations of one shape: every element is read once, computed in
 * registers, and what is used later is written once.
 */
export function fuseElementwise(
  eqns: readonly JaxprEqn[],
  usedLater: (variable: Var) => boolean,
  numberOf: (variable: Var) => number,
): WgslKernel {
  const size = sizeOf(eqns[0].outputs[0].aval.shape)
  const inputs: Var[] = []
  const names = new Map<Atom, string>()
  const lines: string[] = []
  const read = (atom: Atom): string => {
    if ('value' in atom) return floatLiteral(Number(atom.value))
    const known = names.get(atom)
    if (known !== undefined) return known
    const name = `v${names.size}`
    const source = `in${inputs.push(atom) - 1}`
    lines.push(`  let ${name} = ${source}[${atom.aval.size === 1 ? '0' : 'i'}];`)
    names.set(atom, name)
    return name
  }
  for (const eqn of eqns) {
    assertOneShape(eqn)
    const operands = eqn.inputs.map(read)
    const name = `v${names.size}`
    lines.push(`  let ${name} = ${expressions[eqn.primitive.name](operands, eqn.params)};`)
    names.set(eqn.outputs[0], name)
  }
  const outputs = eqns.map((eqn) => eqn.outputs[0]).filter(usedLater)
  outputs.forEach((output, i) => lines.push(`  out${i}[i] = ${names.get(output) ?? ''};`))
  return {
    label: eqns.map((eqn) => eqn.primitive.name).join(', '),
    code: kernelText(inputs.length, outputs.length, size, lines.join('\n')),
    bindings: [...inputs, ...outputs].map(numberOf),
    workgroups: workgroupsFor(size),
  }
}
