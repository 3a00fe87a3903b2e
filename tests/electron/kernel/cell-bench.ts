import vm from 'node:vm'
import { compileCell } from '../../../electron/kernel/compile/compile-cell.ts'
import type { CellPosition } from '../../../electron/kernel/compile/cell-positions.ts'
import type { CellModules } from '../../../electron/kernel/compile/cell-imports.ts'
import { binaryNames, unaryNames } from '../../../electron/kernel/compile/operator-names.ts'
import type { ArrayOperators } from '../../../electron/kernel/runtime/array-operators.ts'
import { createCellRuntime } from '../../../electron/kernel/runtime/cell-runtime.ts'
import { InterruptWord } from '../../../electron/kernel/runtime/interrupt.ts'
import { SharedScope } from '../../../electron/kernel/runtime/shared-scope.ts'

/** Stands for an array: what is done with it is written down. */
export class Recorded {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return `<${this.text}>`
  }
}

const write = (value: unknown): string => (value instanceof Recorded ? value.text : JSON.stringify(value))

export const recordingArrays: ArrayOperators = {
  isArray: (value) => value instanceof Recorded,
  binary: names(binaryNames, (name) => (a: unknown, b: unknown) => new Recorded(`${name}(${write(a)}, ${write(b)})`)),
  unary: names(unaryNames, (name) => (a: unknown) => new Recorded(`${name}(${write(a)})`)),
  index: (array, indices) => new Recorded(`${write(array)}[${indices.map(write).join(', ')}]`),
  truth(array) {
    if (write(array) === 'traced') throw new TypeError('traced')
    return write(array) !== 'zero'
  },
}

function names<Name extends string, Value>(
  table: Readonly<Record<string, Name>>,
  value: (name: Name) => Value,
): Record<Name, Value> {
  return Object.fromEntries(Object.values(table).map((name) => [name, value(name)])) as Record<Name, Value>
}

/** A notebook without a kernel: cells are compiled and run in this process. */
export class Bench {
  readonly interrupt = new InterruptWord(new SharedArrayBuffer(8))
  readonly scope: SharedScope
  readonly positions = { position: 0 }
  #places: readonly CellPosition[] = []
  readonly #runtime: ReturnType<typeof createCellRuntime>
  readonly #modules: CellModules

  constructor(offered: Record<string, unknown> = {}, arrays = recordingArrays) {
    this.scope = new SharedScope(offered, {
      Math,
      Object,
      Array,
      Symbol,
      JSON,
      Promise,
      Error,
      TypeError,
      ReferenceError,
      Number,
      String,
      BigInt,
      Reflect,
      Map,
      Set,
    })
    this.#modules = { jax: Object.keys(offered) }
    this.#runtime = createCellRuntime({
      arrays,
      scope: this.scope,
      interrupt: this.interrupt,
      positions: this.positions,
      modules: { jax: offered },
      noteThrown: () => {},
    })
  }

  /** The value of a cell; a promise of it when the cell awaits. */
  run(source: string): unknown {
    const compiled = compileCell(source, {
      modules: this.#modules,
      firstPosition: 1,
      lazyMembers: new Set(['T', 'size']),
    })
    this.#places = compiled.positions
    this.scope.begin(compiled.declares)
    const script = new vm.Script(compiled.text.text, { filename: 'cell' })
    return script.runInThisContext()(this.#runtime)()
  }

  /** The offset of the place that the running cell announced last. */
  get offset(): number {
    return this.#places[this.positions.position - 1]?.offset ?? -1
  }

  /** The text of what a cell made of arrays. */
  text(source: string): string {
    const value = this.run(source)
    return value instanceof Recorded ? value.text : JSON.stringify(value)
  }
}

/** A bench with an array `x`, an array `y`, one that is `zero`, and one that is `traced`. */
export function arrayBench(): Bench {
  const offered = {
    x: new Recorded('x'),
    y: new Recorded('y'),
    zero: new Recorded('zero'),
    traced: new Recorded('traced'),
  }
  return new Bench(offered)
}
