import { isInexact } from '../../core/ir/dtype.ts'
import { JaxArray } from '../../core/tracing/array.ts'
import { type Callable, api, apply } from './core-scope.ts'
import { type VectorRecord, decode, toArgument, toArray } from './vectors.ts'

/** The columns of the matrix. */
export const columns = ['eval', 'jit', 'jvp', 'vjp', 'vmap', 'vmapOfGrad', 'gradOfVmap', 'scan'] as const
export type Column = (typeof columns)[number]

/** A run counts for this column; vmap has three forms: all operands mapped, the first alone, the last alone. */
export const columnOfRun: Readonly<Record<string, Column>> = {
  eval: 'eval',
  jit: 'jit',
  jvp: 'jvp',
  vjp: 'vjp',
  vmap: 'vmap',
  vmapFirst: 'vmap',
  vmapLast: 'vmap',
  vmapOfGrad: 'vmapOfGrad',
  gradOfVmap: 'gradOfVmap',
  scan: 'scan',
}

export const differentiating: readonly Column[] = ['jvp', 'vjp', 'vmapOfGrad', 'gradOfVmap']

function isFloatLeaf(leaf: unknown): boolean {
  return leaf instanceof JaxArray && isInexact(leaf.dtype)
}

function leavesOf(tree: unknown): unknown[] {
  const leaves = api('tree.leaves')(tree)
  if (!Array.isArray(leaves)) throw new TypeError('tree.leaves gave no array')
  return leaves.map((leaf) => (leaf instanceof JaxArray ? leaf : api('jnp.asarray')(leaf)))
}

/** A case's function with its inputs, as the generator's transforms.py has it. */
export class Program {
  readonly function: Callable
  readonly record: VectorRecord
  readonly args: readonly unknown[]
  readonly batch: readonly unknown[]
  /** Positions of array arguments; the others are bare numbers and never mapped. */
  readonly mapped: readonly number[]

  constructor(body: Callable, record: VectorRecord) {
    this.function = body
    this.record = record
    this.args = record.in.map(toArgument)
    this.batch = record.batch.map(toArgument)
    this.mapped = record.in.flatMap((input, position) => (typeof input === 'string' ? [position] : []))
  }

  run(name: string): unknown {
    const { record, mapped } = this
    switch (name) {
      case 'eval':
        return this.function(...this.args)
      case 'jit':
        return apply(api('jit')(this.mappedCall), this.mappedOf(this.args))
      case 'vmap':
        return apply(api('vmap')(this.mappedCall), this.mappedOf(this.batch))
      case 'vmapFirst':
        return this.vmapOne(mapped[0], -1)
      case 'vmapLast':
        return this.vmapOne(mapped[mapped.length - 1], 0)
      case 'scan':
        return this.scan()
      case 'jvp':
        return api('jvp')(this.differentiable(this.args), this.diffOf(this.args), arrays(record.tangents))
      case 'vjp':
        return this.vjp()
      case 'vmapOfGrad':
        return this.vmapOfGrad()
      case 'gradOfVmap':
        return this.gradOfVmap()
      default:
        throw new Error(`no transformation named ${name}`)
    }
  }

  readonly mappedCall: Callable = (...values) => this.function(...replaced(this.args, this.mapped, values))

  mappedOf(args: readonly unknown[]): unknown[] {
    return this.mapped.map((position) => args[position])
  }

  private diffOf(args: readonly unknown[]): unknown[] {
    return this.record.diff.map((position) => args[position])
  }

  /** The float results as a function of the float arguments. */
  private differentiable(args: readonly unknown[]): Callable {
    return (...values) => leavesOf(this.function(...replaced(args, this.record.diff, values))).filter(isFloatLeaf)
  }

  private weighted(args: readonly unknown[], values: readonly unknown[], weights: readonly unknown[]): unknown {
    const results = this.differentiable(args)(...values)
    let total = api('jnp.float32')(0)
    if (!Array.isArray(results)) throw new TypeError('no results')
    results.forEach((leaf, i) => {
      total = api('jnp.add')(total, api('jnp.sum')(api('jnp.multiply')(leaf, weights[i])))
    })
    return total
  }

  private vmapOne(position: number, axis: number): unknown {
    const values = this.mappedOf(this.args)
    values[this.mapped.indexOf(position)] = api('jnp.moveaxis')(this.batch[position], 0, axis)
    const inAxes = this.mapped.map((other) => (other === position ? axis : null))
    return apply(api('vmap')(this.mappedCall, inAxes, axis), values)
  }

  private scan(): unknown {
    const body: Callable = (count, values) => [
      api('jnp.add')(count, 1),
      this.mappedCall(...(Array.isArray(values) ? values : [])),
    ]
    return api('lax.scan')(body, api('jnp.int32')(0), this.mappedOf(this.batch))
  }

  private vjp(): unknown {
    const made = api('vjp')(this.differentiable(this.args), ...this.diffOf(this.args))
    if (!Array.isArray(made)) throw new TypeError('vjp gave no pair')
    return apply(made[1], [arrays(this.record.cotangents)])
  }

  private vmapOfGrad(): unknown {
    const weights = arrays(this.record.cotangents)
    const gradient: Callable = (...values) => {
      const args = replaced(this.args, this.mapped, values)
      const scalar: Callable = (...floats) => this.weighted(args, floats, weights)
      return apply(api('grad')(scalar, { argnums: this.record.diff.map((_, i) => i) }), this.diffOf(args))
    }
    return apply(api('vmap')(gradient), this.mappedOf(this.batch))
  }

  private gradOfVmap(): unknown {
    const laneWeights = arrays(this.record.laneCotangents)
    const loss: Callable = (...floats) => {
      const lane: Callable = (weights, ...values) => {
        const args = replaced(this.args, this.mapped, values)
        return this.weighted(args, this.diffOf(args), Array.isArray(weights) ? weights : [])
      }
      const batch = replaced(this.batch, this.record.diff, floats)
      return api('jnp.sum')(apply(api('vmap')(lane), [laneWeights, ...this.mappedOf(batch)]))
    }
    return apply(api('grad')(loss, { argnums: this.record.diff.map((_, i) => i) }), this.diffOf(this.batch))
  }
}

function replaced(args: readonly unknown[], positions: readonly number[], values: readonly unknown[]): unknown[] {
  const copy = [...args]
  positions.forEach((position, i) => (copy[position] = values[i]))
  return copy
}

function arrays(leaves: readonly string[]): unknown[] {
  return leaves.map((leaf) => toArray(decode(leaf)))
}
