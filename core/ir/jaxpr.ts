import type { Element } from './element.ts'
import type { ShapedArray } from './aval.ts'
import type { JaxArray } from '../tracing/array.ts'
import type { Primitive, Params } from '../tracing/primitive.ts'
import { printJaxpr } from './print.ts'
import type { SourceLocation } from './source.ts'

let nextVarId = 0

/** A variable of a jaxpr. Identity is the object itself; names are given by the printer. */
export class Var {
  readonly aval: ShapedArray
  readonly id = nextVarId++

  constructor(aval: ShapedArray) {
    this.aval = aval
  }
}

/** A scalar constant written into an equation, such as `2.0:f32[]`. */
export class Literal {
  readonly value: Element
  readonly aval: ShapedArray

  constructor(value: Element, aval: ShapedArray) {
    this.value = value
    this.aval = aval
  }
}

export type Atom = Var | Literal

/** One line of a jaxpr: `c:f32[] = mul a b`. */
export interface JaxprEqn {
  readonly inputs: readonly Atom[]
  readonly outputs: readonly Var[]
  readonly primitive: Primitive
  readonly params: Params
  readonly source: SourceLocation | null
}

/** A typed, straight-line functional program. JAX's `Jaxpr`. */
export class Jaxpr {
  readonly constvars: readonly Var[]
  readonly invars: readonly Var[]
  readonly eqns: readonly JaxprEqn[]
  readonly outvars: readonly Atom[]

  constructor(constvars: readonly Var[], invars: readonly Var[], eqns: readonly JaxprEqn[], outvars: readonly Atom[]) {
    this.constvars = constvars
    this.invars = invars
    this.eqns = eqns
    this.outvars = outvars
  }

  get inAvals(): ShapedArray[] {
    return this.invars.map((invar) => invar.aval)
  }

  get outAvals(): ShapedArray[] {
    return this.outvars.map((outvar) => outvar.aval)
  }
}

/** A jaxpr together with the values of its constvars. JAX's `ClosedJaxpr`. */
export class ClosedJaxpr {
  readonly jaxpr: Jaxpr
  readonly consts: readonly JaxArray[]

  constructor(jaxpr: Jaxpr, consts: readonly JaxArray[]) {
    this.jaxpr = jaxpr
    this.consts = consts
  }

  get inAvals(): ShapedArray[] {
    return this.jaxpr.inAvals
  }

  get outAvals(): ShapedArray[] {
    return this.jaxpr.outAvals
  }

  get eqns(): readonly JaxprEqn[] {
    return this.jaxpr.eqns
  }

  /** The text that JAX prints. */
  toString(): string {
    return printJaxpr(this.jaxpr)
  }
}
