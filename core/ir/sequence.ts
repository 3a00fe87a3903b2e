/** The next value of an iterator whose length is known to suffice. */
export function next<T>(values: Iterator<T>): T {
  const result = values.next()
  if (result.done === true) throw new Error('internal: ran out of values')
  return result.value
}

/** Cuts a list into consecutive parts of the given lengths. */
export function partsOf<T>(values: readonly T[], ...lengths: readonly number[]): T[][] {
  let start = 0
  return lengths.map((length) => {
    start += length
    return values.slice(start - length, start)
  })
}

/** Whether a boolean list has at least one true. */
export function any(flags: readonly boolean[]): boolean {
  return flags.includes(true)
}

/** Position by position `or`. */
export function either(a: readonly boolean[], b: readonly boolean[]): boolean[] {
  return a.map((flag, i) => flag || b[i])
}

export function sameFlags(a: readonly boolean[], b: readonly boolean[]): boolean {
  return a.every((flag, i) => flag === b[i])
}
