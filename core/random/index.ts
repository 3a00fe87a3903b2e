/**
 * Random numbers as functions of keys: JAX's `jax.random`. Nothing here has hidden state; the same key
 * always gives the same numbers, and each key is for one use.
 */
export { PRNGKey, clone, foldIn, key, keyData, split, wrapKeyData } from './keys.ts'
export { keyDtype, keyImpl } from './implementation.ts'
export { bits, randint, uniform } from './uniform.ts'
export {
  cauchy,
  exponential,
  gumbel,
  laplace,
  logistic,
  lognormal,
  normal,
  pareto,
  rayleigh,
  triangular,
  truncatedNormal,
  wald,
  weibullMin,
} from './continuous.ts'
export { bernoulli, categorical, choice, permutation, rademacher } from './discrete.ts'
export { beta, chisquare, dirichlet, f, gamma, loggamma, t } from './gamma.ts'
export { binomial, geometric, multinomial, poisson } from './counts.ts'
export { ball, doubleSidedMaxwell, generalizedNormal, maxwell, multivariateNormal, orthogonal } from './multivariate.ts'
export { threefry2x32 } from './hash.ts'
