/** Names that the editor completes. A test holds them against what `core/index.ts` exports. */

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

export const topLevelNames = words(`
  jit grad valueAndGrad jvp vjp vmap makeJaxpr customJvp customVjp
`)

const numpy = words(`
  abs add all allclose any arange argmax argmin array broadcastTo ceil clip concatenate cos cumsum diag divide dot
  equal exp expandDims eye floor full greater isnan less linspace log log1p logicalAnd logicalNot logicalOr matmul max
  maximum mean min minimum mod multiply negative ones onesLike outer power prod ravel reshape round sign sin sort sqrt
  square squeeze stack std subtract sum take tan tanh tile transpose vdot var where zeros zerosLike
`)

export const namespaces: Readonly<Record<string, readonly string[]>> = {
  jnp: numpy,
  numpy,
  np: numpy,
  lax: words('cond foriLoop scan stopGradient switch whileLoop'),
  random: words('bits foldIn key normal permutation randint split uniform'),
}
