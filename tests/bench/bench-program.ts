/** A program that runs both as cells and as plain JavaScript. */
export interface BenchProgram {
  readonly name: string
  /** Makes what is measured, once. */
  readonly setup: string
  /** Statements that are timed. */
  readonly measured: string
  /** How often `measured` does the thing that a time is wanted of. */
  readonly times: number
  /** Runs before the first that counts. */
  readonly warmUp: number
}

const mlp = `
  const params = [[64, 64], [64, 64], [64, 10]].map(([i, o]) => ({ w: jnp.ones([i, o]), b: jnp.zeros([o]) }))
  const x = jnp.ones([16, 64]), y = jnp.ones([16, 10])
  const forward = (ps, v) => {
    for (let i = 0; i < ps.length; i++) {
      v = jnp.add(jnp.matmul(v, ps[i].w), ps[i].b)
      if (i < ps.length - 1) v = jnp.tanh(v)
    }
    return v
  }
  const loss = (ps, v, t) => jnp.negative(jnp.mean(jnp.sum(jnp.multiply(t, nn.logSoftmax(forward(ps, v))), 1)))
  const step = (ps, v, t) => tree.map((p, g) => jnp.subtract(p, jnp.multiply(g, 0.1)), ps, grad(loss)(ps, v, t))
`

export const tracing: readonly BenchProgram[] = [
  {
    name: 'trace the gradient of an MLP',
    setup: mlp,
    measured: 'makeJaxpr(grad(loss))(params, x, y)',
    times: 1,
    warmUp: 60,
  },
  { name: 'trace its training step', setup: mlp, measured: 'makeJaxpr(step)(params, x, y)', times: 1, warmUp: 60 },
]

export const loops: readonly BenchProgram[] = [
  {
    name: 'scan of 2,000 steps with random.normal',
    setup: `
  const key = random.key(0)
  const walk = jit((k) => lax.scan((c, each) => [jnp.add(c, jnp.multiply(0.1, random.normal(each))), c], jnp.zeros([8]), random.split(k, 2000))[0])
`,
    measured: 'walk(key)',
    times: 1,
    warmUp: 3,
  },
]

const leaves = (count: number): string => `
  const given = Array.from({ length: ${count / 2} }, () => ({ w: jnp.ones([4, 4]), b: jnp.ones([4]) }))
`

export const calls: readonly BenchProgram[] = [
  [12, 500],
  [400, 50],
].flatMap(([count = 0, times = 0]) => [
  {
    name: `call a jit with ${count} leaves, 1 result`,
    setup: `${leaves(count)} const f = jit((p) => p[0].w)`,
    measured: `for (let i = 0; i < ${times}; i++) f(given)`,
    times,
    warmUp: 60,
  },
  {
    name: `call a jit with ${count} leaves, donated`,
    setup: `${leaves(count)} const f = jit((p) => p, { donateArgnums: 0 }); let state = f(given)`,
    measured: `for (let i = 0; i < ${times}; i++) state = f(state)`,
    times,
    warmUp: 60,
  },
])

const small = 'const a = jnp.array([1, 2, 3]), b = jnp.array([4, 5, 6])'

/** Each with the Python that does the same. */
export const additions: readonly (BenchProgram & { readonly python: string })[] = [
  ['jnp.add(a, b)', 'jnp.add(a, b)'],
  ['a.add(b)', 'a + b'],
].map(([call = '', python = '']) => ({
  name: `${call}, three numbers`,
  setup: small,
  measured: `for (let i = 0; i < 1000; i++) ${call}`,
  times: 1000,
  warmUp: 60,
  python,
}))
