import { scopeTag } from './runtime/shared-scope.ts'

/** A name by which generated code reaches the runtime, in the engine's messages. */
const lab = String.raw`\$+lab`
const sharedName = new RegExp(
  String.raw`\(0 ?, ?${lab}\.s\.([\p{ID_Continue}$]+)\)|${lab}\.s\.(?=[\p{ID_Start}$_])`,
  'gu',
)
const runtimeCall = new RegExp(String.raw`${lab}\.\w+\(\.\.\.\)`, 'g')
const runtimeFunction = new RegExp(String.raw`${lab}\.\w+ is not a function or its return value is not`, 'g')
const constant = new RegExp(`^Cannot assign to read only property '(.+)' of object '\\[object ${scopeTag}\\]'$`)

/** What the engine says of generated code, said of the user's. */
export function readableMessage(message: string): string {
  const assigned = constant.exec(message)?.[1]
  if (assigned !== undefined) return `Assignment to constant variable '${assigned}'.`
  return message
    .replace(sharedName, (_, called: string | undefined) => called ?? '')
    .replace(runtimeFunction, '(intermediate value) is not')
    .replace(runtimeCall, '(intermediate value)')
}
