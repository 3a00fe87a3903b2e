/** A program of several lines whose last value is a jaxpr, and the equations of that, each with its line. */
export interface LineProgram {
  readonly name: string
  readonly text: string
  /**
   * What JAX 0.10.2 says of the program written line for line in Python: the primitive of each equation with the line of
   * `source_info_util.user_frame`, inner programs behind the equation that holds them. Where JAX knows no line (it makes
   * the equation itself), this has the line of the call; and it has the lines of a backward rule, where JAX has that
   * of the call that the rule is for.
   */
  readonly equations: string
}

export const linePrograms: readonly LineProgram[] = [
  {
    name: 'grad of a function of several lines',
    text: `
const f = (x) => {
  const a = jnp.sin(x)
  const b = a.mul(x)
  return jnp.cos(b)
}
makeJaxpr(grad(f))(jnp.float32(0.5))`,
    equations: 'sin 2, cos 2, mul 3, cos 4, sin 4, neg 4, mul 4, mul 3, mul 3, mul 2, add_any 2',
  },
  {
    name: 'grad adds up where a value is used twice',
    text: `
const f = (x) => {
  const a = jnp.sin(x)
  const b = jnp.cos(x)
  return a.mul(b)
}
makeJaxpr(grad(f))(jnp.float32(0.5))`,
    equations: 'sin 2, cos 2, cos 3, sin 3, mul 4, mul 4, mul 4, neg 3, mul 3, mul 2, add_any 2',
  },
  {
    name: 'jit inside grad',
    text: `
const f = jit((x) => {
  const a = jnp.sin(x)
  const b = a.mul(x)
  return jnp.cos(b)
})
const g = (x) =>
  f(x)
makeJaxpr(grad(g))(jnp.float32(0.5))`,
    equations: 'jit 7, sin 2, cos 2, mul 3, cos 4, sin 4, jit 7, neg 4, mul 4, mul 3, mul 3, mul 2, add_any 2',
  },
  {
    name: 'vmap',
    text: `
const f = (x) => {
  const a = jnp.sin(x)
  const b = jnp.dot(a, a)
  return b
}
makeJaxpr(vmap(f))(jnp.ones([2, 3]))`,
    equations: 'sin 2, dot_general 3',
  },
  {
    name: 'scan under grad',
    text: `
const body = (c, x) => {
  const a = jnp.sin(c)
  const b = a.mul(x)
  return [b, a]
}
const f = (x) => {
  const [c, ys] = lax.scan(body, x, jnp.ones(3))
  return c
}
makeJaxpr(grad(f))(jnp.float32(0.5))`,
    equations: 'broadcast_in_dim 7, scan 7, sin 2, cos 2, mul 3, scan 7, mul 3, mul 2',
  },
  {
    name: 'cond under grad',
    text: `
const f = (x) => {
  const y = lax.cond(jnp.greater(x, 0),
    (x) => jnp.sin(x),
    (x) => jnp.cos(x).mul(x),
    x)
  return y.mul(2)
}
makeJaxpr(grad(f))(jnp.float32(0.5))`,
    equations:
      'gt 2, convert_element_type 2, cond 2, cos 4, sin 4, mul 4, sin 3, cos 3, empty2 undefined, empty2 undefined, mul 6, mul 6, cond 2, mul 4, mul 4, neg 4, mul 4, add_any 4, mul 3',
  },
  {
    name: 'whileLoop under jvp',
    text: `
const f = (x) => {
  return lax.whileLoop(
    (c) => jnp.less(c, 10),
    (c) => jnp.sin(c).mul(2),
    x)
}
makeJaxpr((x, t) =>
  jvp(f, [x], [t]))(jnp.float32(0.5), jnp.float32(0.5))`,
    equations: 'while 2, lt 3, sin 4, cos 4, mul 4, mul 4, mul 4',
  },
  {
    name: 'foriLoop under grad',
    text: `
const f = (x) => {
  return lax.foriLoop(0, 3, (i, c) =>
    jnp.sin(c).mul(2),
    x)
}
makeJaxpr(grad(f))(jnp.float32(0.5))`,
    equations: 'scan 2, add 2, sin 3, cos 3, mul 3, scan 2, mul 3, mul 3',
  },
  {
    name: 'switch under vmap',
    text: `
const f = (i, x) => {
  return lax.switch(i, [
    (x) => x.mul(2),
    (x) => jnp.exp(x),
    (x) => jnp.tanh(x)], x)
}
makeJaxpr(vmap(f))(jnp.arange(2), jnp.ones(2))`,
    equations:
      'clamp 2, eq 2, stop_gradient 2, select_n 2, mul 3, eq 2, stop_gradient 2, select_n 2, exp 4, eq 2, stop_gradient 2, select_n 2, tanh 5, select_n 2',
  },
  {
    name: 'grad of grad',
    text: `
const f = (x) => {
  const a = jnp.sin(x)
  return a.mul(x)
}
makeJaxpr(grad(grad(f)))(jnp.float32(0.5))`,
    equations:
      'sin 2, cos 2, cos 2, sin 2, mul 3, mul 3, mul 3, mul 2, add_any 2, mul 2, mul 2, mul 3, mul 3, neg 2, mul 2, add_any 2, mul 2, add_any 2',
  },
  {
    name: 'checkpoint inside scan',
    text: `
const step = checkpoint((c) => {
  const a = jnp.sin(c)
  return jnp.exp(a)
})
const f = (x) => {
  const [c] = lax.scan((c) => [step(c), null], x, null, { length: 3 })
  return c
}
makeJaxpr(grad(f))(jnp.float32(0.5))`,
    equations: 'scan 6, sin 2, exp 3, scan 6, remat2 6, sin 2, cos 2, exp 3, mul 3, mul 2',
  },
  {
    name: 'checkpoint under grad',
    text: `
const f = checkpoint((x) => {
  const a = jnp.sin(x)
  return jnp.exp(a)
})
const g = (x) =>
  f(x).mul(x)
makeJaxpr(grad(g))(jnp.float32(0.5))`,
    equations: 'sin 2, exp 3, mul 6, mul 6, mul 6, remat2 6, sin 2, cos 2, exp 3, mul 3, mul 2, add_any 6',
  },
  {
    name: 'a rule of customJvp',
    text: `
const f = customJvp((x) =>
  jnp.sin(x)
)
f.defjvp(([x], [d]) => {
  const c = jnp.cos(x)
  return [f(x), c.mul(d)]
})
const g = (x) => {
  const y = f(x)
  return y.mul(y)
}
makeJaxpr(grad(g))(jnp.float32(0.5))`,
    equations: 'cos 5, custom_jvp_call 6, sin 2, mul 10, mul 10, mul 10, add_any 10, mul 6',
  },
  {
    name: 'the rules of customVjp',
    text: `
const f = customVjp((x) =>
  jnp.sin(x)
)
f.defvjp((x) => {
  return [f(x), x]
}, (x, ct) => {
  const c = jnp.cos(x)
  return [c.mul(ct)]
})
const g = (x) => {
  const y = f(x)
  return y.mul(y)
}
makeJaxpr(grad(g))(jnp.float32(0.5))`,
    equations: 'custom_vjp_call 5, sin 2, mul 12, mul 12, mul 12, add_any 12, cos 7, mul 8',
  },
  {
    name: 'jacrev',
    text: `
const f = (x) => {
  const a = jnp.sin(x)
  return a.mul(x)
}
makeJaxpr(jacrev(f))(jnp.ones(2))`,
    equations:
      'sin 2, cos 2, mul 3, iota 5, iota 5, add 5, eq 5, convert_element_type 5, split 5, convert_element_type 5, broadcast_in_dim 3, mul 3, broadcast_in_dim 3, mul 3, broadcast_in_dim 2, mul 2, add_any 2, split 5',
  },
  {
    name: 'jacfwd',
    text: `
const f = (x) => {
  const a = jnp.sin(x)
  return a.mul(x)
}
makeJaxpr(jacfwd(f))(jnp.ones(2))`,
    equations:
      'iota 5, iota 5, add 5, eq 5, convert_element_type 5, split 5, convert_element_type 5, sin 2, cos 2, broadcast_in_dim 2, mul 2, mul 3, broadcast_in_dim 3, mul 3, broadcast_in_dim 3, mul 3, add_any 3, transpose 5, split 5',
  },
  {
    name: 'vmap of grad',
    text: `
const f = (x) => {
  const a = jnp.sin(x)
  return a.mul(x)
}
makeJaxpr(vmap(grad(f)))(jnp.ones(2))`,
    equations: 'sin 2, cos 2, mul 3, mul 3, mul 3, mul 2, add_any 2',
  },
  {
    name: 'jit under jvp',
    text: `
const f = jit((x) => {
  const a = jnp.sin(x)
  return jnp.exp(a)
})
const g = (x, t) =>
  jvp(f, [x], [t])
makeJaxpr(g)(jnp.float32(0.5), jnp.float32(0.5))`,
    equations: 'jit 6, sin 2, cos 2, mul 2, exp 3, mul 3',
  },
  {
    name: 'customJvp under vmap',
    text: `
const f = customJvp((x) =>
  jnp.sin(x)
)
f.defjvp(([x], [d]) => [f(x), jnp.cos(x).mul(d)])
const g = (x) => {
  const y = f(x)
  return y.mul(y)
}
makeJaxpr(vmap(g))(jnp.ones(2))`,
    equations: 'custom_jvp_call 6, sin 2, mul 7',
  },
]
