import { scopeTag } from './runtime/shared-scope.ts'

/** A name by which generated code reaches the runtime, in the engine's messages. */
const lab = String.raw`\$+lab`
const sharedName = new RegExp(
  String.raw`\(0 ?, ?${lab}\.s\.([\p{ID_Continue}$]+)\)|${lab}\.s\.(?=[\p{ID_Start}$_])`,
  'gu',
)
const runtimeCall = new RegExp(String.raw`${lab}\.\w+\(\.\.\.\)`, 'g')
const runtimeFunction = new RegExp(String.raw`${lab}\.\w+ is not a function or its return value is not`, 'g')
const announced = new RegExp(String.raw`\(${lab}Scope\.position ?, ?`)
const constant = new RegExp(`^Cannot assign to read only property '(.+)' of object '\\[object ${scopeTag}\\]'$`)

/** What the engine says of generated code, said of the user's. */
export function readableMessage(message: string): string {
  const assigned = constant.exec(message)?.[1]
  if (assigned !== undefined) return `Assignment to constant variable '${assigned}'.`
  return withoutPlaces(message)
    .replace(sharedName, (_, called: string | undefined) => called ?? '')
    .replace(runtimeFunction, '(intermediate value) is not')
    .replace(runtimeCall, '(intermediate value)')
}

/** `f(...)` for `($labScope.position , f(...))`: what is called at an announced place. */
function withoutPlaces(message: string): string {
  const found = announced.exec(message)
  if (found === null) return message
  const start = found.index + found[0].length
  let end = start
  for (let depth = 1; end < message.length; end++) {
    if (message[end] === '(') depth++
    else if (message[end] === ')' && --depth === 0) break
  }
  return withoutPlaces(message.slice(0, found.index) + message.slice(start, end) + message.slice(end + 1))
}
