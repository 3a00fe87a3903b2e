/**
 * Which names of a cell are local to a function or block. Every other name, declared by this cell, by
 * another one or by the lab, lives in the scope that all cells share.
 */
export class NameScopes {
  readonly #levels: { readonly names: ReadonlySet<string>; readonly kind: 'block' | 'function' }[] = []

  within(names: Iterable<string>, kind: 'block' | 'function', body: () => void): void {
    this.#levels.push({ names: new Set(names), kind })
    body()
    this.#levels.pop()
  }

  isLocal(name: string): boolean {
    return this.#levels.some((level) => level.names.has(name))
  }

  /** Whether a declaration made here is shared with other cells: `var` escapes blocks, the others do not. */
  shares(kind: string): boolean {
    return kind === 'var' ? this.#levels.every((level) => level.kind === 'block') : this.#levels.length === 0
  }
}
