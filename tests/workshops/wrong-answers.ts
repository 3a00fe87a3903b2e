/** An answer that someone who holds a known misconception gives, and the start of what the check says to it. */
export interface WrongAnswer {
  readonly source: string
  readonly says: string
}

/**
 * Wrong answers by exercise. Between them they set off every signature of every check; a starter that
 * sets one off is written `starter`.
 */
export const wrongAnswers: Readonly<Record<string, readonly WrongAnswer[]>> = {
  'L0.3': [
    { source: 'starter', says: 'after is still 1' },
    {
      source: `
let traces = 0
let offset = 0
const make = () => jit((x) => { traces += 1; return x + offset })
const before = make()(1)
offset = 10
const shift = make()
const after = shift(1)`,
      says: 'shift was entered 2 times',
    },
    {
      source: `
let traces = 0
const shift = jit((x, offset) => x + offset)
const before = shift(1, 0)
const after = shift(1, 10)`,
      says: 'traces is 0',
    },
  ],
  'L0.4': [
    { source: 'starter', says: 'zeroEven raised an error' },
    { source: 'const zeroEven = (x) => { x.at(slice(0, null, 2)).set(0); return x }', says: 'The vector came back untouched' },
    { source: 'const zeroEven = (x) => x.at(slice(1, null, 2)).set(0)', says: 'The odd positions are 0' },
    {
      source: `
const zeroEven = (x) => {
  let out = x
  for (let i = 0; i < x.shape[0]; i += 2) out = x.at(i).set(0)
  return out
}`,
      says: 'One entry was set',
    },
  ],
  'A1.1b': [
    { source: 'starter', says: 'Under jit, step raises an error' },
    {
      source: 'const step = (x, a, low, high) => lax.cond(x > a, () => high, () => low)',
      says: 'Right everywhere but at x = a',
    },
    {
      source: 'const step = (x, a, low, high) => lax.cond(x < a, () => high, () => low)',
      says: 'The two values are exchanged',
    },
    { source: 'const step = (x, a, low, high) => jnp.where(x < a, low, high)', says: 'This is a select' },
  ],
  'A1.3': [
    { source: 'starter', says: 'This is one number' },
    {
      source: `
const newton = (a, start, steps) => {
  const body = (x, _) => { const next = (x + a / x) / 2; return [next, next] }
  return lax.scan(body, start, null, { length: steps })
}`,
      says: 'scan gives back two things',
    },
    {
      source: `
const newton = (a, start, steps) => {
  const body = (x, _) => [(x + a / x) / 2, x]
  return lax.scan(body, start, null, { length: steps })[1]
}`,
      says: 'The first value is the start',
    },
    {
      source: `
const newton = (a, start, steps) => {
  let x = start
  const all = []
  for (let i = 0; i < steps; i++) {
    x = (x + a / x) / 2
    all.push(x)
  }
  return jnp.array(all)
}`,
      says: 'The values are right, and the record has no scan',
    },
  ],
  'A1.4': [
    { source: 'starter', says: 'place raises an error' },
    {
      source: `
const place = (sorted, value) =>
  lax.whileLoop((i) => (i < sorted.shape[0]) & (sorted[i] <= value), (i) => i + 1, jnp.int32(0))`,
      says: 'For a value that is in the list',
    },
    {
      source: `
const place = (sorted, value) =>
  lax.whileLoop((i) => sorted[i] < value, (i) => i + 1, jnp.int32(0))`,
      says: 'For a value beyond the last entry nothing stops this loop',
    },
  ],
  'A1.5': [
    { source: 'starter', says: 'Right except at a tie' },
    {
      source: `
const budget = (xs, limit) => {
  const n = xs.shape[0]
  const within = ([i, total]) => (i < n) && (total + xs[i] <= limit)
  return lax.whileLoop(within, ([i, total]) => [i + 1, total + xs[i]], [jnp.int32(0), 0])[1]
}`,
      says: 'budget raises an error',
    },
    {
      source: `
const budget = (xs, limit) => {
  const n = xs.shape[0]
  const within = ([i, total]) => (i < n) & (total <= limit)
  return lax.whileLoop(within, ([i, total]) => [i + 1, total + xs[i]], [jnp.int32(0), 0])[1]
}`,
      says: '15 exceeds the limit',
    },
  ],
  'B1.1': [
    {
      source: 'const shapes = { a: [3], b: [5], c: [3, 5], d: [3, 5], e: [3, 5] }',
      says: 'd: the mapped axis goes in at place 1',
    },
    {
      source: 'const shapes = { a: [5], b: [3], c: [3, 5], d: [5, 3], e: [3, 5] }',
      says: 'a and b are exchanged',
    },
    { source: 'starter', says: 'no shape yet' },
  ],
  'B1.2': [
    { source: 'starter', says: 'A 3×3 matrix' },
    { source: 'const lookup = (x, y) => x[y]', says: 'These are whole rows' },
  ],
  'B1.3': [
    { source: 'starter', says: 'The shape is [4, 2]' },
    {
      source: `
const one = (x, y) => x[0] * y[0] + x[1] * y[1]
const many = vmap(vmap(one), 1)`,
      says: 'The numbers are right and transposed',
    },
    {
      source: `
const one = (x, y) => x[0] * y[0] + x[1] * y[1]
const many = (x, y) => {
  const out = []
  for (let i = 0; i < 4; i++) {
    const row = []
    for (let j = 0; j < 3; j++) row.push(one(x[i][j], y[i][j]))
    out.push(jnp.stack(row))
  }
  return jnp.stack(out)
}`,
      says: 'The values are right, with 24 multiplications',
    },
  ],
  'B1.4': [
    { source: 'starter', says: 'The result is right, and b becomes a copy' },
    { source: 'const solveAll = (As, b) => vmap(jnp.linalg.solve)(As, b)', says: 'solveAll raises an error' },
  ],
  'B1.5b': [
    { source: 'starter', says: 'The error names two axes' },
    { source: 'starter with [1, 0]', says: 'Now axis 1 of lefts' },
    { source: 'starter with [1, 1]', says: 'Both second axes' },
    {
      source: `
const axes = [0, 1]
const lefts = jnp.arange(40).reshape([10, 4])
const rights = jnp.arange(20).reshape([10, 2]).T
const product = (a, b) => a.reshape([4, 1]) * b
const makePairs = () => vmap(product, axes)(lefts, rights)`,
      says: 'The arrays were changed',
    },
  ],
  'C1.1': [
    {
      source: 'const key = random.key(42)\nconst equal = { twice: false, prefix: true, split: false }',
      says: 'twice: a draw does not move the key on',
    },
    {
      source: 'const key = random.key(42)\nconst equal = { twice: true, prefix: false, split: false }',
      says: 'prefix: number i of a draw',
    },
    {
      source: 'const key = random.key(42)\nconst equal = { twice: true, prefix: true, split: true }',
      says: 'split: the three keys are new keys',
    },
  ],
  'C1.2': [
    { source: 'starter', says: 'Still 0.98' },
    {
      source: `
const corrupt = (key, n) => [
  random.normal(key, [n]),
  random.uniform(random.key(1), [n]),
]`,
      says: 'One of the two no longer depends on the key',
    },
    {
      source: `
const corrupt = (key, n) => {
  const [maskKey] = random.split(key)
  return [random.normal(key, [n]), random.uniform(maskKey, [n])]
}`,
      says: 'The numbers are unrelated, yet one draw still uses the key',
    },
  ],
  'C1.3': [
    { source: 'starter', says: 'fromUniform(0, 2) is infinite' },
    {
      source: `
const fromUniform = (u, rate) => -jnp.log1p(-u) * rate
const exponential = (key, rate, shape) => fromUniform(random.uniform(key, shape), rate)`,
      says: 'The mean is 2 for rate 2',
    },
    {
      source: `
const fromUniform = (u, rate) => jnp.log1p(-u) / rate
const exponential = (key, rate, shape) => fromUniform(random.uniform(key, shape), rate)`,
      says: 'These numbers are negative',
    },
  ],
  'C1.4': [
    { source: 'starter', says: 'fast(key, n) raises an error' },
    {
      source: `
const estimate = (key, n) => {
  const x = random.normal(key, [n])
  return jnp.mean(x * x)
}
const fast = estimate`,
      says: 'It works because jit is gone',
    },
  ],
  'D1.1': [
    {
      source: `
const tangents = { x: 1, y: 1, s: 0.88, p: 2.23, c: -0.91, r: 1.33 }
const cotangents = { r: 1, p: 1, c: 1, s: 2, x: 0.48, y: 1.76 }`,
      says: 'x is used twice',
    },
    {
      source: `
const tangents = { x: 1, y: 1, s: 0.88, p: 2.23, c: -0.91, r: 1.33 }
const cotangents = { r: 1, p: 1, c: 1, s: 2, x: -0.215, y: 1.76 }`,
      says: 'The two cotangents of x are added, not averaged',
    },
    {
      source: `
const tangents = { x: 1, y: 1, s: 0.88, p: 2.23, c: -0.91, r: 1.33 }
const cotangents = { r: 1, p: 1, c: 1, s: 2, x: 1.39, y: 1.76 }`,
      says: 'The cosine hands back -sin x',
    },
    {
      source: `
const tangents = { x: 1, y: 1, s: 0.88, p: 2.23, c: 0.91, r: 3.14 }
const cotangents = { r: 1, p: 1, c: 1, s: 2, x: -0.43, y: 1.76 }`,
      says: 'The derivative of cos x is -sin x',
    },
    {
      source: `
const tangents = { x: 1, y: 1, s: 0.88, p: 1.76, c: -0.91, r: 0.85 }
const cotangents = { r: 1, p: 1, c: 1, s: 2, x: -0.43, y: 1.76 }`,
      says: 'p is a product',
    },
  ],
  'D1.2': [
    { source: 'starter', says: 'The derivative of a product is not the product' },
    {
      source: `
const add = ([a, da], [b, db]) => [a + b, da + db]
const mul = ([a, da], [b, db]) => [a * b, da * b]
const sin = ([a, da]) => [Math.sin(a), Math.cos(a) * da]
const cos = ([a, da]) => [Math.cos(a), -Math.sin(a) * da]
const program = (x, y) => add(mul(x, sin(y)), cos(x))`,
      says: 'mul has one of the two terms',
    },
    {
      source: `
const add = ([a, da], [b, db]) => [a + b, da + db]
const mul = ([a, da], [b, db]) => [a * b, da * b + a * db]
const sin = ([a, da]) => [Math.sin(a), Math.cos(a) * da]
const cos = ([a, da]) => [Math.cos(a), Math.sin(a) * da]
const program = (x, y) => add(mul(x, sin(y)), cos(x))`,
      says: 'The derivative of the cosine is minus the sine',
    },
    {
      source: `
const add = ([a, da], [b, db]) => [a + b, da + db]
const mul = ([a, da], [b, db]) => [a * b, da * b + a * db]
const sin = ([a, da]) => [Math.sin(a), Math.cos(a)]
const cos = ([a, da]) => [Math.cos(a), -Math.sin(a)]
const program = (x, y) => add(mul(x, sin(y)), cos(x))`,
      says: 'The tangent that comes in is ignored',
    },
    {
      source: `
const h = 1e-4
const slope = (f, a) => (f(a + h) - f(a)) / h
const add = ([a, da], [b, db]) => [a + b, da + db]
const mul = ([a, da], [b, db]) => [a * b, da * b + a * db]
const sin = ([a, da]) => [Math.sin(a), slope(Math.sin, a) * da]
const cos = ([a, da]) => [Math.cos(a), slope(Math.cos, a) * da]
const program = (x, y) => add(mul(x, sin(y)), cos(x))`,
      says: 'Close, and not exact',
    },
  ],
  'D1.4a': [
    { source: 'starter', says: 'hess raises an error' },
    {
      source: `
const norm = (v) => jnp.sqrt(jnp.sum(v * v))
const hess = (v) => jnp.diag(jacfwd(grad(norm))(v))`,
      says: 'This is the diagonal of the Hessian',
    },
    {
      source: `
const norm = (v) => jnp.sqrt(jnp.sum(v * v))
const hess = (v) => grad((w) => jnp.sum(grad(norm)(w)))(v)`,
      says: 'This is the gradient of the sum of the gradient',
    },
  ],
  'D1.5': [
    {
      source: 'const softplus = (x) => jnp.where(x > 80, x, jnp.log(1 + jnp.exp(x)))',
      says: 'The value at 100 is right now and the gradient is still NaN',
    },
    { source: 'const softplus = (x) => x + jnp.log1p(jnp.exp(-x))', says: 'Right at 100, and broken at -100 now' },
    {
      source: 'const softplus = (x) => jnp.maximum(x, 0) + jnp.log1p(jnp.exp(-jnp.abs(x)))',
      says: 'All values are right, but the gradient at 0 is not 0.5',
    },
    { source: 'const softplus = (x) => jnp.minimum(jnp.log(1 + jnp.exp(jnp.minimum(x, 80))), 80) + lax.stopGradient(jnp.maximum(x - 80, 0))',
      says: 'The gradient at 100 is 0',
    },
  ],
}
