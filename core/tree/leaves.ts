import { config } from '../config.ts'
import { ShapedArray, sameShape } from '../ir/aval.ts'
import type { DType } from '../ir/dtype.ts'
import { JaxTypeError } from '../errors.ts'
import { ConcreteArray, scalar } from '../runtime/concrete-array.ts'
import { hostArray } from '../ir/host-array.ts'
import { JaxArray } from '../tracing/array.ts'
import type { FlatFunction } from '../tracing/primitive.ts'
import { userCode } from '../tracing/source.ts'
import { baseTrace, currentTrace } from '../tracing/trace.ts'
import { type TreeDef, flatten, leafPaths, typedTree, unflatten } from './pytree.ts'

/** A stand-in for an array of which only shape and dtype matter. JAX: `jax.ShapeDtypeStruct`. */
export class ShapeDtypeStruct {
  readonly shape: readonly number[]
  readonly dtype: DType

  constructor(shape: readonly number[], dtype: DType = 'float32') {
    this.shape = shape
    this.dtype = dtype
  }

  /** The same shape and dtype. */
  equals(other: ShapeDtypeStruct): boolean {
    return sameShape(this.shape, other.shape) && this.dtype === other.dtype
  }
}

/** The dtype of a bare JS number: float32, or float64 when 64-bit types are on. */
export function defaultFloat(): DType {
  return config.enableX64 ? 'float64' : 'float32'
}

/** A leaf of an argument as an array. Bare scalars are weakly typed. `where` is asked for only if it is none. */
export function arrayOf(leaf: unknown, where: string | (() => string)): JaxArray {
  if (leaf instanceof JaxArray) return leaf
  switch (typeof leaf) {
    case 'number':
      return scalar(leaf, defaultFloat(), true)
    case 'boolean':
      return scalar(leaf, 'bool')
    case 'bigint':
      return scalar(leaf, config.enableX64 ? 'int64' : 'int32', true)
  }
  if (leaf instanceof Float32Array) return new ConcreteArray(hostArray([leaf.length], 'float32', leaf.slice()))
  if (leaf instanceof Int32Array) return new ConcreteArray(hostArray([leaf.length], 'int32', leaf.slice()))
  if (leaf instanceof Uint32Array) return new ConcreteArray(hostArray([leaf.length], 'uint32', leaf.slice()))
  throw new JaxTypeError(`${typeof where === 'string' ? where : where()}: ${describe(leaf)} is not a valid JAX type`, {
    hint: 'Arguments and results are arrays, numbers, booleans, or lists and objects of them. Mark other arguments as static with jit(f, { staticArgnums: … }), or close over them.',
  })
}

function describe(value: unknown): string {
  if (value === undefined) return 'undefined'
  if (typeof value === 'string') return `the string '${value}'`
  if (typeof value === 'function') return `the function ${value.name || '(anonymous)'}`
  if (value === null) return 'null'
  return `a ${typeof value === 'object' ? (value.constructor?.name ?? 'object') : typeof value}`
}

/** What tracing needs to know of a leaf. */
export function avalOf(leaf: unknown, where: string): ShapedArray {
  if (leaf instanceof ShapeDtypeStruct) return new ShapedArray(leaf.shape, leaf.dtype)
  return arrayOf(leaf, where).aval
}

/**
 * Arguments as arrays with the structure to put them back. A bare number that a call outside of all transformations
 * is given is an input of what it does; within a program it is written into the equation.
 */
export function flattenArgs<A extends readonly unknown[]>(
  args: A,
  where: string,
): { arrays: JaxArray[]; tree: TreeDef<A> } {
  const { leaves, tree } = flatten(args)
  const outside = currentTrace() === baseTrace()
  const arrays: JaxArray[] = []
  for (let i = 0; i < leaves.length; i++) {
    const leaf = leaves[i]
    const array = leaf instanceof JaxArray ? leaf : argumentArray(leaf, tree, i, where)
    arrays.push(outside ? asInput(array) : array)
  }
  return { arrays, tree }
}

function argumentArray(leaf: unknown, tree: TreeDef, index: number, where: string): JaxArray {
  return arrayOf(leaf, () => `${where}, argument ${leafPaths(tree)[index]}`)
}

/** A bare number as an input: keeping it for a derivative counts. */
export function asInput(array: JaxArray): JaxArray {
  const bare = array instanceof ConcreteArray && array.literal
  return bare ? new ConcreteArray(array.host, { weakType: array.weakType }) : array
}

/** A user's function on flat arrays; the structure of its result is known once it has run. */
export class FlatCall<A extends readonly unknown[], R> {
  private readonly f: (...args: A) => R
  private readonly inTree: TreeDef<A>
  private readonly where: string
  private resultTree: TreeDef<R> | null = null

  constructor(f: (...args: A) => R, inTree: TreeDef<A>, where: string) {
    this.f = userCode(f)
    this.inTree = inTree
    this.where = where
  }

  readonly fun: FlatFunction = (...arrays) => {
    const result = this.f(...unflatten(this.inTree, arrays))
    assertNotPromise(result, this.where)
    const { leaves, tree } = flatten(result)
    this.resultTree = tree
    return leaves.map((leaf) => arrayOf(leaf, `${this.where}, result`))
  }

  /** Takes the result's structure from a rule that stands in for the function. */
  adoptOutTree(tree: TreeDef): void {
    this.resultTree = typedTree<R>(tree)
  }

  get outTree(): TreeDef<R> {
    if (this.resultTree === null) throw new Error('internal: the function has not run yet')
    return this.resultTree
  }
}

function assertNotPromise(value: unknown, where: string): void {
  if (value instanceof Promise) {
    throw new JaxTypeError(`${where}: the function is async, and a Promise cannot be traced`, {
      hint: 'Transformed functions are synchronous: await before, and pass the values in as arguments.',
    })
  }
}

/** A user's function as core calls it: with whatever the pytree of its arguments holds, on its own lines. */
export function callable(f: (...args: never[]) => unknown): (...args: unknown[]) => unknown {
  return userCode(f as (...args: unknown[]) => unknown)
}
