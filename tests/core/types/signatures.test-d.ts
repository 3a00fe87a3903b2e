import {
  type Array,
  customJvp,
  customVjp,
  grad,
  jacfwd,
  jacrev,
  jit,
  jnp,
  jvp,
  lax,
  linearize,
  random,
  tree,
  valueAndGrad,
  vjp,
  vmap,
} from '../../../core/index.ts'

/**
 * The signatures that an editor relies on. Nothing here runs: `npm run check` compiles it against the sources, and
 * declarations.test.ts against the file of declarations. `pin` fails to compile when two types differ.
 */
type IsAny<T> = 0 extends 1 & T ? true : false
type Same<A, B> = IsAny<A> extends IsAny<B> ? ([A] extends [B] ? ([B] extends [A] ? true : false) : false) : false

function pin<Expected>() {
  return <Actual>(_: Actual, ..._proof: Same<Actual, Expected> extends true ? [] : [never]): void => undefined
}

interface Params {
  readonly w: Array
  readonly layers: readonly { readonly scale: Array }[]
}
type Pair = [Array, { bias: Array }]

declare const x: Array
declare const params: Params
declare const pair: Pair
declare const key: Array
declare function loss(params: Params, x: Array): Array
declare function energy(pair: Pair): Array
declare function scores(x: Array): { logits: Array; norm: Array }

// Reverse mode gives the type of the argument back.
const gradLoss = grad(loss)
pin<(params: Params, x: Array) => Params>()(gradLoss)
pin<Pair>()(grad(energy)([x, { bias: x }]))
const gradSecond = grad(loss, { argnums: 1 })
pin<(params: Params, x: Array) => Array>()(gradSecond)
pin<Array>()(grad(loss, 1)(params, x))
pin<[Params, Array]>()(grad(loss, [0, 1])(params, x))
pin<[Params, Array]>()(grad(loss, { argnums: [0, 1] })(params, x))
const bothOfLoss = valueAndGrad(loss)
pin<(params: Params, x: Array) => [Array, Params]>()(bothOfLoss)
pin<[Array, [Params, Array]]>()(valueAndGrad(loss, [0, 1])(params, x))
pin<[Params, string]>()(grad((p: Params): [Array, string] => [p.w, 'aux'], { hasAux: true })(params))
// @ts-expect-error no such option
grad(loss, { argnum: 1 })
// @ts-expect-error an argument is named by its position
grad(loss, { argnums: 'x' })
// @ts-expect-error the argument has another type
grad(loss)(x, x)

const [value, pull] = vjp(loss, params, x)
pin<Array>()(value)
pin<[Params, Array]>()(pull(x))
pin<{ logits: Array; norm: Array }>()(vjp(scores, x)[0])
// @ts-expect-error the cotangent has the structure of the result
vjp(scores, x)[1](x)

// Forward mode gives the type of the result.
pin<[Array, Array]>()(jvp(loss, [params, x], [params, x]))
pin<{ logits: Array; norm: Array }>()(jvp(scores, [x], [x])[1])
// @ts-expect-error primals are a list
jvp(scores, x, [x])
pin<Array>()(linearize(loss, params, x)[1](params, x))
pin<{ logits: Array; norm: Array }>()(linearize(scores, x)[0])
const forwardSin = jacfwd((v: Array) => jnp.sin(v))
pin<(x: Array) => Array>()(forwardSin)
const reverseSin = jacrev((v: Array) => jnp.sin(v))
pin<(x: Array) => Array>()(reverseSin)
pin<{ logits: Array; norm: Array }>()(jacrev(scores)(x))
pin<Params>()(jacfwd(loss)(params, x))
pin<Array>()(jacrev(loss, { argnums: 1 })(params, x))
// @ts-expect-error no such option
jacfwd(loss, { argnum: 1 })

// vmap and jit keep what a function takes and gives.
const mappedScores = vmap(scores)
pin<(x: Array) => { logits: Array; norm: Array }>()(mappedScores)
pin<Array>()(vmap(loss, [null, 0])(params, x))
pin<Array>()(vmap(loss, { inAxes: [null, 0], outAxes: 0, axisName: 'batch' })(params, x))
// @ts-expect-error no such option
vmap(loss, { axes: [null, 0] })
// @ts-expect-error an axis is a number or null
vmap(loss, { inAxes: ['batch', 0] })
const jitted = jit(loss, { staticArgnums: [], donateArgnums: 0 })
declare const jittedArguments: Parameters<typeof jitted>
pin<[Params, Array]>()(jittedArguments)
pin<Array>()(jitted(params, x))
// @ts-expect-error no such option
jit(loss, { staticArgnum: 0 })
// @ts-expect-error an argument is missing
jitted(params)

// Control flow keeps the structure of carry and outputs.
const [carry, ys] = lax.scan((c: Params, xi: Array) => [c, { sum: xi.sum() }], params, x)
pin<Params>()(carry)
pin<{ sum: Array }>()(ys)
// @ts-expect-error no such option
lax.scan((c: Array, xi: Array) => [c, xi], x, x, { len: 3 })
pin<Params>()(
  lax.cond(
    x,
    (p: Params) => p,
    (p: Params) => p,
    params,
  ),
)
pin<Array>()(
  lax.whileLoop(
    (c: Array) => jnp.less(c, 3),
    (c: Array) => c.add(1),
    x,
  ),
)
pin<Params>()(lax.foriLoop(0, 3, (_i: Array, c: Params) => c, params))

// Trees keep their structure.
pin<Params>()(tree.map((leaf: Array) => leaf.mul(2), params))
pin<Pair>()(tree.map((a: Array, b: Array) => a.sub(b), pair, pair))

// Custom derivatives know what they belong to.
const log1pexp = customJvp((v: Array) => jnp.log1p(jnp.exp(v)))
pin<Array>()(log1pexp(x))
log1pexp.defjvp(([v], [t]) => [log1pexp(v), t.mul(v)])
// @ts-expect-error a rule gives value and tangent
log1pexp.defjvp(([v]) => log1pexp(v))
const clipped = customVjp((v: Array, _limit: Array) => v)
pin<Array>()(clipped(x, x))
clipped.defvjp(
  (v, limit) => [v, limit],
  (limit, ct) => [jnp.clip(ct, limit, limit), null],
)
// @ts-expect-error a rule gives value and residuals
clipped.defvjp((v) => v, (_, ct) => [ct, null]) // prettier-ignore

// Samplers take keys, shapes and their own options.
pin<Array>()(random.key(0))
pin<Array>()(random.split(key))
pin<Array>()(random.normal(key, [2, 3]))
pin<Array>()(random.uniform(key, [3], { minval: -1, maxval: 1 }))
pin<Array>()(random.randint(key, [3], 0, 10))
pin<Array>()(random.categorical(key, x))
// @ts-expect-error a shape is a list of numbers
random.normal(key, ['3'])
// @ts-expect-error no such option
random.uniform(key, [3], { low: -1 })

// Arrays are made of numbers, lists of them, typed arrays and arrays.
pin<Array>()(jnp.array([[1, 2], [3, 4]], { dtype: 'int32' })) // prettier-ignore
pin<Array>()(jnp.array(new Float32Array(3)))
pin<Array>()(jnp.array([x, 1n, true]))
// @ts-expect-error text is not a number
jnp.array(['1'])
pin<Array>()(jnp.sum(x, { axis: 0, keepdims: true }))
// @ts-expect-error no such option
jnp.sum(x, { axes: 0 })
// @ts-expect-error an axis is a number
jnp.sum(x, { axis: '0' })
pin<readonly number[]>()(x.shape)
pin<void>()(x.delete())
pin<boolean>()(x.isDeleted())
pin<ReturnType<Array['item']>>()(jnp.sum(x).item())
// @ts-expect-error an element may be a boolean, a bigint or complex: say which is meant
pin<number>()(x.item())
// @ts-expect-error nested lists are not a flat list of numbers
pin<number[]>()(x.tolist())
