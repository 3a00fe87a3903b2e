import { ShapedArray } from './aval.ts'
import type { DType } from './dtype.ts'
import type { Element } from './element.ts'
import type { HostArray } from './host-array.ts'
import { type Atom, ClosedJaxpr, Jaxpr, Literal, Var } from './jaxpr.ts'
import type { ParamValue, Params, Primitive } from '../tracing/primitive.ts'
import type { JaxArray } from '../tracing/array.ts'

/** A closed jaxpr as plain data: what crosses a thread boundary. Source lines stay behind. */
export interface PackedJaxpr {
  readonly packed: 'jaxpr'
  readonly avals: readonly PackedAval[]
  readonly consts: readonly { readonly variable: number; readonly value: HostArray }[]
  readonly invars: readonly number[]
  readonly eqns: readonly {
    readonly primitive: string
    readonly inputs: readonly PackedAtom[]
    readonly outputs: readonly number[]
    readonly params: { readonly [name: string]: PackedParam }
  }[]
  readonly outvars: readonly PackedAtom[]
}

interface PackedAval {
  readonly packed: 'aval'
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly weakType: boolean
}

/** A function of the host, by its number: it stays where it is and is called from afar. */
interface PackedFunction {
  readonly packed: 'function'
  readonly number: number
}

type HostFunction = (...args: never[]) => unknown

/** What packing needs from whoever packs. */
export interface Packing {
  /** The numbers of a constant. */
  constant(value: JaxArray): HostArray
  /** Keeps a function of the host and gives its number. */
  keep(hostFunction: HostFunction): number
}

type PackedAtom = number | { readonly literal: Element; readonly aval: PackedAval }

type PackedParam =
  | string
  | number
  | boolean
  | bigint
  | null
  | undefined
  | PackedJaxpr
  | PackedAval
  | PackedFunction
  | readonly PackedParam[]
  | { readonly [name: string]: PackedParam }

function packAval({ shape, dtype, weakType }: ShapedArray): PackedAval {
  return { packed: 'aval', shape, dtype, weakType }
}

function packParam(value: ParamValue, packing: Packing): PackedParam {
  if (value instanceof ClosedJaxpr) return packJaxpr(value, packing)
  if (value instanceof ShapedArray) return packAval(value)
  if (typeof value === 'function') return { packed: 'function', number: packing.keep(value) }
  if (typeof value !== 'object' || value === null) return value
  if (isList(value)) return value.map((item) => packParam(item, packing))
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, packParam(item, packing)]))
}

function isList(value: object): value is readonly ParamValue[] {
  return Array.isArray(value)
}

/** Plain data for a jaxpr. */
export function packJaxpr({ jaxpr, consts }: ClosedJaxpr, packing: Packing): PackedJaxpr {
  const numbers = new Map<Var, number>()
  const avals: PackedAval[] = []
  const numberOf = (variable: Var): number => {
    let number = numbers.get(variable)
    if (number === undefined) {
      number = avals.push(packAval(variable.aval)) - 1
      numbers.set(variable, number)
    }
    return number
  }
  const packAtom = (atom: Atom): PackedAtom =>
    'value' in atom ? { literal: atom.value, aval: packAval(atom.aval) } : numberOf(atom)
  return {
    packed: 'jaxpr',
    avals,
    consts: jaxpr.constvars.map((variable, i) => ({
      variable: numberOf(variable),
      value: packing.constant(consts[i]),
    })),
    invars: jaxpr.invars.map(numberOf),
    eqns: jaxpr.eqns.map((eqn) => ({
      primitive: eqn.primitive.name,
      inputs: eqn.inputs.map(packAtom),
      outputs: eqn.outputs.map(numberOf),
      params: Object.fromEntries(Object.entries(eqn.params).map(([name, value]) => [name, packParam(value, packing)])),
    })),
    outvars: jaxpr.outvars.map(packAtom),
  }
}

function unpackAval({ shape, dtype, weakType }: PackedAval): ShapedArray {
  return new ShapedArray(shape, dtype, weakType)
}

interface Unpacking {
  primitiveNamed(name: string): Primitive
  constant(value: HostArray): JaxArray
  /** Stands in for a function of the host. */
  callback(number: number): HostFunction
}

function unpackParam(value: PackedParam, unpacking: Unpacking): ParamValue {
  if (typeof value !== 'object' || value === null) return value
  if (isPackedList(value)) return value.map((item) => unpackParam(item, unpacking))
  if (isPacked(value, 'jaxpr')) return unpackJaxpr(value, unpacking)
  if (isPacked(value, 'aval')) return unpackAval(value)
  if (isPacked(value, 'function')) return unpacking.callback(value.number)
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, unpackParam(item, unpacking)]))
}

function isPackedList(value: object): value is readonly PackedParam[] {
  return Array.isArray(value)
}

function isPacked(value: object, kind: 'jaxpr'): value is PackedJaxpr
function isPacked(value: object, kind: 'aval'): value is PackedAval
function isPacked(value: object, kind: 'function'): value is PackedFunction
function isPacked(value: object, kind: string): boolean {
  return 'packed' in value && value.packed === kind
}

/** The jaxpr again, with primitives looked up by name. */
export function unpackJaxpr(packed: PackedJaxpr, unpacking: Unpacking): ClosedJaxpr {
  const variables = packed.avals.map((aval) => new Var(unpackAval(aval)))
  const unpackAtom = (atom: PackedAtom): Atom =>
    typeof atom === 'number' ? variables[atom] : new Literal(atom.literal, unpackAval(atom.aval))
  const eqns = packed.eqns.map((eqn) => {
    const params: Params = Object.fromEntries(
      Object.entries(eqn.params).map(([name, value]) => [name, unpackParam(value, unpacking)]),
    )
    return {
      primitive: unpacking.primitiveNamed(eqn.primitive),
      inputs: eqn.inputs.map(unpackAtom),
      outputs: eqn.outputs.map((number) => variables[number]),
      params,
      source: null,
    }
  })
  const jaxpr = new Jaxpr(
    packed.consts.map(({ variable }) => variables[variable]),
    packed.invars.map((number) => variables[number]),
    eqns,
    packed.outvars.map(unpackAtom),
  )
  return new ClosedJaxpr(
    jaxpr,
    packed.consts.map(({ value }) => unpacking.constant(value)),
  )
}
