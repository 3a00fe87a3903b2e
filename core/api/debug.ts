import { debugCallbackPrimitive } from '../control/debug-callback.ts'
import type { JaxArray } from '../tracing/array.ts'
import { bind } from '../tracing/trace.ts'
import { callable, flattenArgs } from '../tree/leaves.ts'
import { unflatten } from '../tree/pytree.ts'
import { shardingText } from './visualize-sharding.ts'

/** Where `debug.print` writes. The notebook replaces it with its own output. */
let write: (line: string) => void = (line) => console.log(line)

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
  callback(
    (...values: unknown[]) => {
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
    ...args,
  )
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

export const debug = { print, callback, visualizeArraySharding }
