import { JaxTypeError, ValueError } from '../errors.ts'

export type Argnums = number | readonly number[]

/** Positions of arguments, counted from the end when negative, checked against the call. */
export function resolveArgnums(argnums: Argnums, count: number, where: string): number[] {
  return [argnums].flat().map((argnum) => {
    if (!Number.isInteger(argnum)) {
      throw new JaxTypeError(`${where}: argnums must be integers, got ${JSON.stringify(argnums)}`)
    }
    const position = argnum < 0 ? argnum + count : argnum
    if (position < 0 || position >= count) {
      throw new ValueError(`${where}: argnums names argument ${argnum}, but the function was called with ${count}`)
    }
    return position
  })
}

/** The arguments with those at `positions` replaced in order. */
export function replaceArgs<A extends readonly unknown[]>(
  args: A,
  positions: readonly number[],
  values: readonly unknown[],
): A {
  const replaced = [...args]
  positions.forEach((position, i) => (replaced[position] = values[i]))
  return typedArgs(replaced)
}

// The replaced arguments have the pytree structure of the originals.
function typedArgs<A extends readonly unknown[]>(args: readonly unknown[]): A {
  return args as A
}
