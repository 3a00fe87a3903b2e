/** A place in a cell's text that its program announces before it works for it. */
export interface CellPosition {
  readonly offset: number
  /** The function around it, where that has a name. */
  readonly functionName: string | null
}

/** Numbers the places that a program announces, from the first number that no other program has. */
export class CellPositions {
  readonly places: CellPosition[] = []
  readonly #first: number
  readonly #numbers = new Map<string, number>()
  #functionName: string | null = null

  constructor(first: number) {
    this.#first = first
  }

  /** The number of the place at an offset. */
  at(offset: number): number {
    const key = `${offset} ${this.#functionName ?? ''}`
    let number = this.#numbers.get(key)
    if (number === undefined) {
      number = this.#first + this.places.push({ offset, functionName: this.#functionName }) - 1
      this.#numbers.set(key, number)
    }
    return number
  }

  /** Writes the body of a function. */
  within(functionName: string | null, body: () => void): void {
    const outer = this.#functionName
    this.#functionName = functionName
    body()
    this.#functionName = outer
  }
}
