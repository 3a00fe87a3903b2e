type AnyFunction = (...args: never[]) => unknown

interface Origin {
  /** Null where a call's name does not show it: a function with a rule of its own is called as it is. */
  readonly via: string | null
  readonly original: AnyFunction
}

/** Results that are part of another transformation, which names them both. */
const parts = new WeakSet<object>()

const origins = new WeakMap<object, Origin>()

/** Marks a function as a transformation's result: it keeps the name of the user's function, and leads to it. */
export function transformed<T extends AnyFunction>(result: T, original: AnyFunction, via: string | null): T {
  origins.set(result, { via, original })
  return Object.defineProperty(result, 'name', { value: original.name })
}

/** Marks a transformation's result as part of another one: names show that alone. */
export function partOf<T extends AnyFunction>(result: T): T {
  parts.add(result)
  return result
}

/** The function that the user wrote, below the transformations that were put around it. */
export function originalOf(fun: AnyFunction): AnyFunction {
  const inner = origins.get(fun)
  return inner === undefined ? fun : originalOf(inner.original)
}

/** Whether a function is what the transformation `via` made of `original`. */
export function isResultOf(fun: AnyFunction | null, via: string, original: AnyFunction): boolean {
  const origin = fun === null ? undefined : origins.get(fun)
  return origin !== undefined && origin.via === via && origin.original === original
}

/** A function with all that was put around it: `vmap(grad(f))`. */
export function nameOf(fun: AnyFunction): string {
  const origin = origins.get(fun)
  if (origin === undefined) return fun.name === '' ? '<lambda>' : fun.name
  const inner = nameOf(origin.original)
  return origin.via === null || parts.has(fun) ? inner : `${origin.via}(${inner})`
}

/** What the user wrote of the function below the transformations. */
export function textOf(fun: AnyFunction): string {
  return Function.prototype.toString.call(originalOf(fun))
}
