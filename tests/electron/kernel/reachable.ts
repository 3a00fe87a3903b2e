/**
 * A cell that follows every property, getter and prototype from its names on, and prints how many objects it
 * found and which of them belong to Node: ports, streams, threads, processes.
 */
export const walkEverything = `
const known = new Set(), found = []
const attempt = (read) => { try { return read() } catch (error) { return error } }
const start = {
  globalThis, jax, print, display, console, plot, process, setTimeout,
  sloppy: Function('return this')(),
  timer: globalThis.setTimeout(() => {}, 0),
  immediate: globalThis.setImmediate(() => {}),
  transformed: jit((x) => x), array: jnp.arange(3), jaxpr: makeJaxpr((x) => x * 2)(1), key: random.key(0),
  promise: Promise.resolve(1), generator: (function* () {})(), error: attempt(() => null.x), refused: attempt(() => fetch()),
}
const queue = Object.entries(start)
for (const [path, object] of queue) {
  if ((typeof object !== 'object' && typeof object !== 'function') || object === null || known.has(object)) continue
  known.add(object)
  const name = String(attempt(() => object.constructor.name))
  if (/Port$|process|^Worker|Socket|Pipe|Stream|Stdio|Writable|Readable|EventEmitter|Server|Hook/.test(name)) found.push(path + ': ' + name)
  for (const key of attempt(() => Reflect.ownKeys(object))) {
    const property = attempt(() => Reflect.getOwnPropertyDescriptor(object, key))
    if (property === undefined || property instanceof Error) continue
    const next = path + '.' + String(key)
    queue.push([next, property.value], [next, property.get], [next, property.set])
    if (property.get) queue.push([next, attempt(() => Reflect.get(object, key))])
  }
  queue.push([path + '.__proto__', attempt(() => Object.getPrototypeOf(object))])
}
print(JSON.stringify({ objects: known.size, found }))
`
