const originals = new WeakMap<object, (...args: never[]) => unknown>()

/** Marks a function as a transformation's result: it keeps the name of the user's function, and leads to it. */
export function transformed<T extends (...args: never[]) => unknown>(
  result: T,
  original: (...args: never[]) => unknown,
): T {
  originals.set(result, original)
  return Object.defineProperty(result, 'name', { value: original.name })
}

/** The function that the user wrote, below the transformations that were put around it. */
export function originalOf(fun: (...args: never[]) => unknown): (...args: never[]) => unknown {
  const inner = originals.get(fun)
  return inner === undefined ? fun : originalOf(inner)
}
