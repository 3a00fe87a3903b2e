import { nearest } from './compile/cell-imports.ts'
import type { Names } from './runtime/shared-scope.ts'

const notAFunction = /^([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+) is not a (?:function|constructor)/

/**
 * What was probably meant by a function that a namespace does not have: `jnp.expand_dims` is
 * `jnp.expandDims`. Null when the message is about something else, or nothing comes close.
 */
export function spellingHint(message: string, names: Names): string | null {
  const path = notAFunction.exec(message)?.[1]?.split('.')
  const wrong = path?.pop()
  if (path === undefined || wrong === undefined) return null
  let space: unknown = names
  for (const part of path) {
    if (!isSpace(space) || !Object.hasOwn(space, part)) return null
    space = space[part]
  }
  if (!isSpace(space)) return null
  const right = nearest(wrong, Object.keys(space))
  return right === null ? null : `\`${[...path, wrong].join('.')}\` is spelled \`${[...path, right].join('.')}\` here.`
}

function isSpace(value: unknown): value is Names {
  return typeof value === 'object' && value !== null
}
