/** Where the running program says which of its places it works for: the core reads it. */
export interface PositionScope {
  position: number
}

/** How generated code says its place where it has no statement to say it in. */
export interface Positions {
  /** The value, with the position set after it was worked out. */
  at<T>(value: T, position: number): T
  /** Nothing to spread, with the position set. */
  here(position: number): readonly []
  /** What a loop or a pattern goes through, named by its text where that is impossible. */
  iterable<T>(value: T, position: number, text: string): T
  /** What is spread: gone through at the position, which holds afterwards too. */
  spread(value: unknown, position: number, text: string): unknown
}

const nothing = Object.freeze([] as const)

function isIterable(value: unknown): value is Iterable<unknown> {
  return value !== null && value !== undefined && typeof Reflect.get(Object(value), Symbol.iterator) === 'function'
}

export function createPositions(scope: PositionScope): Positions {
  return {
    at(value, position) {
      scope.position = position
      return value
    },
    here(position) {
      scope.position = position
      return nothing
    },
    iterable(value, position, text) {
      scope.position = position
      if (Array.isArray(value) || isIterable(value)) return value
      throw new TypeError(`${text} is not iterable`)
    },
    spread(value, position, text) {
      scope.position = position
      if (Array.isArray(value)) return value
      if (!isIterable(value)) throw new TypeError(`${text} is not iterable`)
      const all = [...value]
      scope.position = position
      return all
    },
  }
}
