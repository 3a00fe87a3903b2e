import { format, inspect } from 'node:util'
import type { ArrayText } from './core-interface.ts'
import { NestedTexts } from './nested-texts.ts'

/** A longer text is cut: a notebook shows results, it does not store them. */
const longestText = 20_000

const options = { depth: 5, breakLength: 88, maxArrayLength: 100, maxStringLength: 2000, sorted: false } as const

export interface FormattedValue {
  readonly text: string
  readonly truncated: boolean
}

export function cut(text: string, length = longestText): FormattedValue {
  return text.length <= length ? { text, truncated: false } : { text: `${text.slice(0, length)}…`, truncated: true }
}

/** Writes the values of a cell. Arrays print as NumPy's do, also inside objects and lists. */
export class ValueFormatter {
  readonly #describeArray: (value: unknown) => ArrayText | null
  /** Of the object that is being printed. */
  #nested: NestedTexts | null = null

  constructor(describeArray: (value: unknown) => ArrayText | null) {
    this.#describeArray = describeArray
  }

  /** Makes Node's own printing of objects show arrays, and what has a text of its own, as text. */
  install(arrayPrototype: object, textPrototypes: readonly object[]): void {
    const show = (value: unknown): string => {
      const text = this.#describeArray(value)?.text ?? '[Array]'
      return this.#nested?.mark(text) ?? text
    }
    Object.defineProperty(arrayPrototype, inspect.custom, {
      value(this: unknown): string {
        return show(this)
      },
      configurable: true,
    })
    const showText = (value: unknown): string => this.#nested?.mark(String(value)) ?? String(value)
    for (const prototype of textPrototypes) {
      Object.defineProperty(prototype, inspect.custom, {
        value(this: unknown): string {
          return showText(this)
        },
        configurable: true,
      })
    }
  }

  /** A value as the result of a cell. */
  value(value: unknown): FormattedValue {
    return cut(this.#describeArray(value)?.text ?? (value instanceof Error ? String(value) : this.#inspected(value)))
  }

  #inspected(value: unknown): string {
    const before = this.#nested
    const nested = new NestedTexts()
    this.#nested = nested
    try {
      return nested.placed(inspect(value, options))
    } finally {
      this.#nested = before
    }
  }

  /** The arguments of `print`: texts as they are, separated by blanks. */
  printed(values: readonly unknown[]): string {
    return values.map((value) => (typeof value === 'string' ? value : this.value(value).text)).join(' ')
  }

  /** The arguments of `console.log`, with its `%s` and kin. */
  logged(values: readonly unknown[]): string {
    return typeof values[0] === 'string' && values[0].includes('%') ? format(...values) : this.printed(values)
  }
}
