/** Right answers that are written otherwise than the solution. A check has to accept them. */
export const otherRightAnswers: Readonly<Record<string, readonly string[]>> = {
  'L0.3': [
    `
let traces = 0
let offset = 0
const shift = jit((x, by) => {
  traces += 1
  return by + x
})
const before = shift(1, offset)
offset = 10
const after = shift(1, offset)`,
  ],
  'L0.4': [
    `
const zeroEven = (x) => {
  let out = x
  for (let i = 0; i < x.shape[0]; i += 2) out = out.at(i).set(0)
  return out
}`,
    'const zeroEven = (x) => jnp.where(jnp.arange(x.shape[0]) % 2 == 0, 0, x)',
    'const zeroEven = (x) => x * (jnp.arange(x.shape[0]) % 2)',
    'const zeroEven = (x) => x.at(jnp.arange(0, x.shape[0], 2)).mul(0)',
  ],
  'A1.1b': [
    'const step = (x, a, low, high) => lax.cond(x >= a, () => high, () => low)',
    'const step = (x, a, low, high) => lax.cond(x < a, (l, h) => l, (l, h) => h, low, high)',
    `import { jit as compile } from 'jax'
const step = compile((x, a, low, high) => lax.cond(a <= x, () => high, () => low))`,
  ],
  'A1.3': [
    `
const newton = (a, start, steps) => {
  const body = (x, i) => {
    const next = 0.5 * (x + a / x)
    return [next, next]
  }
  return lax.scan(body, jnp.array(start), jnp.arange(steps))[1]
}`,
    `
const newton = (a, start, steps) => {
  const body = (i, [x, all]) => {
    const next = (x + a / x) / 2
    return [next, all.at(i).set(next)]
  }
  return lax.foriLoop(0, steps, body, [start, jnp.zeros(steps)])[1]
}`,
  ],
  'A1.4': [
    `
const place = (sorted, value) =>
  lax.whileLoop(
    (i) => jnp.logicalAnd(i < sorted.shape[0], sorted[i] < value),
    (i) => i + 1,
    jnp.int32(0),
  )`,
    `
const place = (sorted, value) => {
  const open = ([low, high]) => low < high
  const halve = ([low, high]) => {
    const middle = jnp.floorDivide(low + high, 2)
    const right = sorted[middle] < value
    return [jnp.where(right, middle + 1, low), jnp.where(right, high, middle)]
  }
  const [found] = lax.whileLoop(open, halve, [jnp.int32(0), jnp.int32(sorted.shape[0])])
  return found
}`,
  ],
  'A1.5': [
    `
const budget = (xs, limit) => {
  const within = ([i, total]) => (i < xs.shape[0]) & ~(total + xs[i] > limit)
  return lax.whileLoop(within, ([i, total]) => [i + 1, total + xs[i]], [jnp.int32(0), 0])[1]
}`,
  ],
  'B1.2': [
    'const lookup = (x, y) => x.slice(jnp.arange(x.shape[0]), y)',
    'const lookup = (x, y) => jnp.takeAlongAxis(x, y.reshape([-1, 1]), 1).reshape([-1])',
    'const lookup = (x, y) => vmap(pick, [0, 0])(x, y)',
  ],
  'B1.3': [
    `
const one = (x, y) => jnp.sum(x * y)
const many = (x, y) => vmap((rows, others) => vmap(one)(rows, others))(x, y)`,
    `
const one = (x, y) => jnp.dot(x, y)
const many = vmap(vmap(one))`,
  ],
  'B1.4': [
    'const solveAll = (As, b) => jnp.linalg.solve(As, b)',
    'const solveAll = (As, b) => vmap((A) => jnp.linalg.solve(A, b))(As)',
    'const solveAll = (As, b) => vmap(jnp.linalg.solve, { inAxes: [0, null] })(As, b)',
  ],
  'B1.5b': [
    `
const axes = 0
const lefts = jnp.arange(40).reshape([10, 4])
const rights = jnp.arange(20).reshape([10, 2])
const product = (a, b) => a.reshape([4, 1]) * b
const makePairs = () => vmap(product, axes)(lefts, rights)`,
  ],
  'C1.2': [
    `
const corrupt = (key, n) => [
  random.normal(random.foldIn(key, 0), [n]),
  random.uniform(random.foldIn(key, 1), [n]),
]`,
    `
const corrupt = (key, n) => {
  const keys = random.split(key, 2)
  return [random.normal(keys[1], [n]), random.uniform(keys[0], [n])]
}`,
  ],
  'C1.3': [
    `
const fromUniform = (u, rate) => -jnp.log(1 - u) / rate
const exponential = (key, rate, shape) => fromUniform(random.uniform(key, shape), rate)`,
    `
const fromUniform = (u, rate) => -jnp.log1p(-u) / rate
const exponential = (key, rate, shape) => random.exponential(key, shape) / rate`,
  ],
  'C1.4': [
    `
const estimate = (key, n) => {
  const x = random.normal(key, [n])
  return jnp.mean(x * x)
}
const fast = (key, n) => jit((k) => estimate(k, n))(key)`,
    `
const fast = jit((key, n) => jnp.mean(random.normal(key, [n]) ** 2), { staticArgnums: [1] })`,
  ],
  'D1.2': [
    `
const lift = (f, slope) => ([a, da]) => [f(a), slope(a) * da]
const add = ([a, da], [b, db]) => [a + b, da + db]
const mul = ([a, da], [b, db]) => [a * b, a * db + b * da]
const sin = lift(Math.sin, Math.cos)
const cos = lift(Math.cos, (a) => -Math.sin(a))
const program = (x, y) => add(cos(x), mul(sin(y), x))`,
  ],
  'D1.4a': [
    `
const norm = (v) => jnp.sqrt(jnp.sum(v * v))
const hess = hessian(norm)`,
    `
const norm = (v) => jnp.linalg.norm(v)
const hess = jacrev(grad(norm))`,
  ],
  'D1.5': [
    `
const softplus = (x) => {
  const size = jnp.where(x > 0, x, -x)
  return jnp.where(x > 0, x, 0) + jnp.log1p(jnp.exp(-size))
}`,
    'const softplus = nn.softplus',
  ],
}
