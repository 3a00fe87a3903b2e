import type {
  GraphBlock,
  GraphNode,
  GraphValue,
  Operand,
  SourceSpan,
  ValueSummary,
} from '../../../../core/inspect/documents.ts'

/** Small builders for documents written by hand. */

export function aval(type: string): { aval: string; shape: number[]; dtype: string } {
  const match = /^(\w+)\[(.*)\]$/.exec(type)
  const dtypes: Record<string, string> = { f32: 'float32', i32: 'int32', bool: 'bool', u32: 'uint32' }
  const shape = (match?.[2] ?? '').split(',').filter(Boolean).map(Number)
  return { aval: type, shape, dtype: dtypes[match?.[1] ?? ''] ?? 'float32' }
}

export function scalar(number: number, type = 'f32[]'): ValueSummary {
  const { aval: name, shape, dtype } = aval(type)
  return {
    aval: name,
    shape,
    dtype,
    text: Number.isInteger(number) ? String(number) : number.toFixed(4).replace('-', '−'),
    values: [number],
  }
}

export function array(text: string, type: string): ValueSummary {
  return { ...aval(type), text, values: [] }
}

export function line(number: number, column = 1): SourceSpan {
  return { file: 'cell:1', line: number, column }
}

/** Writes a block as a jaxpr reads: each equation `outputs = primitive operands`. */
export class BlockBuilder {
  readonly #prefix: string
  readonly #values = new Map<string, GraphValue>()
  readonly #nodes: GraphNode[] = []
  readonly #inputs: GraphValue[] = []
  readonly #consts: GraphValue[] = []

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  #value(name: string, type: string, label?: string): GraphValue {
    const value: GraphValue = { id: `${this.#prefix}/${name}`, name, ...aval(type), ...(label ? { label } : {}) }
    this.#values.set(name, value)
    return value
  }

  input(name: string, type: string, label?: string): this {
    this.#inputs.push(this.#value(name, type, label))
    return this
  }

  constant(name: string, type: string): this {
    this.#consts.push(this.#value(name, type))
    return this
  }

  #operand(text: string): Operand {
    const value = this.#values.get(text)
    return value ? { kind: 'value', id: value.id } : { kind: 'literal', text, aval: 'f32[]' }
  }

  /** `equation('c:f32[] d:f32[]', 'mul', 'a b 2.0', 3)` */
  equation(
    outputs: string,
    primitive: string,
    operands: string,
    at?: number,
    params: Record<string, string> = {},
    blocks: readonly GraphBlock[] = [],
  ): this {
    const inputs = operands
      .split(' ')
      .filter(Boolean)
      .map((text) => this.#operand(text))
    const made = outputs.split(' ').map((text) => {
      const [name = '_', type = 'f32[]'] = text.split(':')
      return this.#value(name, type)
    })
    const paramText = Object.entries(params).map(([name, text]) => `${name}=${text}`)
    this.#nodes.push({
      id: `${this.#prefix}.${this.#nodes.length}`,
      primitive,
      params: Object.entries(params).map(([name, text]) => ({ name, text })),
      inputs,
      outputs: made,
      text: `${outputs} = ${primitive}${paramText.length ? `[${paramText.join(' ')}]` : ''} ${operands}`,
      ...(at === undefined ? {} : { source: line(at) }),
      blocks,
    })
    return this
  }

  block(label: string, outputs: string): GraphBlock {
    return {
      id: this.#prefix,
      label,
      inputs: this.#inputs,
      consts: this.#consts,
      nodes: this.#nodes,
      outputs: outputs
        .split(' ')
        .filter(Boolean)
        .map((text) => this.#operand(text)),
    }
  }
}
