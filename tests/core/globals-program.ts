/**
 * Takes stock of the global object and freezes the prototypes of the language, then imports core, runs programs, and prints
 * what has changed. Modules are strict, so that a write to something frozen throws.
 */
type Stock = ReadonlyMap<string | symbol, PropertyDescriptor | undefined>

function stock(): Stock {
  return new Map(Reflect.ownKeys(globalThis).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]))
}

function differs(a: PropertyDescriptor | undefined, b: PropertyDescriptor | undefined): boolean {
  return !Object.is(a?.value, b?.value) || a?.get !== b?.get || a?.set !== b?.set
}

// Node's own globals load themselves on first use, through getters that replace themselves: those of the language do not.
const language = [
  Object,
  Function,
  Array,
  Number,
  String,
  Boolean,
  BigInt,
  Symbol,
  Map,
  Set,
  WeakMap,
  WeakSet,
  Promise,
  RegExp,
  Date,
  ArrayBuffer,
  SharedArrayBuffer,
  DataView,
  Object.getPrototypeOf(Int8Array),
  Float32Array,
  Float64Array,
  Int32Array,
  Uint32Array,
  Uint8Array,
]
const keysBefore = language.map((type) =>
  String([...Reflect.ownKeys(type), ...Reflect.ownKeys(type.prototype)].map(String)),
)
// Frozen wholly, a prototype would also refuse `toString` to classes and errors that set their own; sealed, it takes nothing new.
for (const type of language) {
  Object.freeze(type)
  Object.seal(type.prototype)
}
for (const namespace of [Math, JSON, Reflect, Atomics]) Object.freeze(namespace)

// Looking at its globals makes Node load some of them.
stock()
const before = stock()

const { grad, jit, jnp, lax, random, vmap } = await import('../../core/index.ts')
const x = jnp.arange(4).astype('float32')
const programs: (() => number)[] = [
  () => jnp.sum(jnp.sin(x)).size,
  () => grad((v: typeof x) => v.mul(v).sum())(x).size,
  () => jit(vmap((v: typeof x) => v.add(1)))(x).size,
  () => lax.scan((c: typeof x, v: typeof x) => [c.add(v), c], x.slice(0), x)[1].size,
  () => random.normal(random.key(0), [3]).size,
  () => jnp.linalg.inv(jnp.eye(2)).size,
  () => String(x).length,
]
const ran = programs.filter((program) => program() > 0).length

const after = stock()
const changed = [...before].filter(([name, descriptor]) => after.has(name) && differs(descriptor, after.get(name)))
const prototypes = language.filter(
  (type, i) => keysBefore[i] !== String([...Reflect.ownKeys(type), ...Reflect.ownKeys(type.prototype)].map(String)),
)
console.log(
  JSON.stringify({
    added: [...after.keys()].filter((name) => !before.has(name)).map(String),
    removed: [...before.keys()].filter((name) => !after.has(name)).map(String),
    changed: changed.map(([name]) => String(name)),
    prototypes: prototypes.map((type) => type.name),
    ran,
  }),
)
