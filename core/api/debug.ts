import { FloatingPointError } from '../errors.ts'
import { isInexact } from '../ir/dtype.ts'
import { bfloat16ToNumber } from '../ir/element.ts'
import type { HostArray } from '../ir/host-array.ts'
import { debugCallbackPrimitive, debugPrintPrimitive } from '../control/debug-callback.ts'
import type { JaxArray } from '../tracing/array.ts'
import { hostValueOf } from '../tracing/host-value.ts'
import { bind } from '../tracing/trace.ts'
import { callable, flattenArgs } from '../tree/leaves.ts'
import { leafPaths, unflatten } from '../tree/pytree.ts'
import { shardingText } from './visualize-sharding.ts'

/** Where `debug.print` writes. The notebook replaces it with its own output. */
let write: (line: string) => void = (line) => console.log(line)

/** Sends what `debug.print` writes to another place than the console, line by line. */
export function setDebugOutput(writer: (line: string) => void): void {
  write = writer
}

/** Writes a line where `debug.print` does. */
export function writeDebug(line: string): void {
  write(line)
}

/**
 * Calls a function with concrete values whenever the program runs, also inside jit, scan and vmap (once
 * a lane). JAX: `jax.debug.callback`.
 *
 * @example jit((x) => { debug.callback((v) => seen.push(v.item()), x); return x.mul(2) })
 */
function callback(f: (...values: never[]) => void, ...args: unknown[]): void {
  const { arrays, tree } = flattenArgs(args, 'debug.callback')
  const call = callable(f)
  bind(debugCallbackPrimitive, arrays, {
    callback: (...values) => {
      call(...unflatten(tree, values))
    },
    ordered: false,
  })
}

/**
 * Prints values when the program runs, not when it is traced. `{}` in the format stands for the next
 * argument, `{name}` for an entry of a trailing object. JAX: `jax.debug.print`.
 *
 * @example jit((x) => { debug.print('x = {}', x); return x })
 */
function print(format: string, ...args: unknown[]): void {
  const { arrays, tree } = flattenArgs(args, 'debug.print')
  bind(debugPrintPrimitive, arrays, {
    callback: (...leaves) => {
      const values: unknown[] = unflatten(tree, leaves)
      const named = values.find(
        (value) => typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype,
      )
      let position = 0
      write(
        format.replace(/\{(\w*)\}/g, (_, name: string) => {
          const value =
            name === '' ? values[position++] : Object.entries(named ?? {}).find(([key]) => key === name)?.[1]
          return String(value)
        }),
      )
    },
    fmt: format,
    ordered: false,
  })
}

/**
 * Draws which part of an array each device has: one box a part, with the devices that have it. Arrays of rank
 * one and two can be drawn; others are a ValueError. JAX: `jax.debug.visualize_array_sharding`.
 *
 * @example debug.visualizeArraySharding(jnp.ones(4))
 */
function visualizeArraySharding(array: JaxArray): void {
  write(shardingText(array))
}

/**
 * Refuses NaN where it is put, also inside jit, scan and vmap: a FloatingPointError that names the leaf.
 * Gives its argument back. Unlike `debugNans`, which looks at every operation, it looks at these values alone.
 *
 * @example jit((x) => debug.nansCheck(jnp.log(x)))
 */
function nansCheck<T>(values: T): T {
  const { arrays, tree } = flattenArgs([values], 'debug.nansCheck')
  bind(debugCallbackPrimitive, arrays, {
    callback: (...leaves) => {
      for (const [i, leaf] of leaves.entries()) {
        const host = hostValueOf(leaf)
        if (host === null || !holdsNaN(host)) continue
        throw new FloatingPointError(
          `debug.nansCheck found NaN in ${leafPaths(tree, 'values')[i].replace('values[0]', 'its argument')}, which is ${leaf.aval.toString()}`,
          {
            hint: 'Look at what made it: a division of zero by zero, a logarithm or a root of a negative number. config.update("debugNans", true) names the operation.',
          },
        )
      }
    },
    ordered: false,
  })
  return values
}

function holdsNaN({ dtype, data }: HostArray): boolean {
  if (!isInexact(dtype)) return false
  return dtype === 'bfloat16'
    ? data.some((bits) => Number.isNaN(bfloat16ToNumber(bits)))
    : data.some((value) => Number.isNaN(value))
}

/** Looks into programs while they run. JAX: `jax.debug`. */
export const debug = { print, callback, visualizeArraySharding, nansCheck }
