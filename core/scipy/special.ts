/** Special functions of mathematics and statistics, element by element: JAX's `jax.scipy.special`. */
export { besselJn, i0, i0e, i1, i1e } from './special/bessel.ts'
export { boxcox, boxcox1p } from './special/box-cox.ts'
export { spence } from './special/dilogarithm.ts'
export { entr, klDiv, relEntr, xlog1py, xlogy } from './special/entropy.ts'
export { dawsn, erf, erfc, erfcx, erfinv, logNdtr, ndtr, ndtri } from './special/error-functions.ts'
export { exp1, expi, expn, sici } from './special/exponential-integrals.ts'
export { wofz } from './special/faddeeva.ts'
export { fresnel } from './special/fresnel.ts'
export {
  beta,
  betainc,
  betaln,
  comb,
  digamma,
  factorial,
  gamma,
  gammainc,
  gammaincc,
  gammaln,
  gammasgn,
  loggamma,
  multigammaln,
  poch,
  polygamma,
} from './special/gamma.ts'
export { hyp1f1, hyp2f1 } from './special/hypergeometric.ts'
export { logsumexp } from './special/log-sum-exp.ts'
export type { LogsumexpOptions } from './special/log-sum-exp.ts'
export { expit, logSoftmax, logit, softmax } from './special/logistic.ts'
export { sphHarmY } from './special/spherical-harmonics.ts'
export type { SphHarmOptions } from './special/spherical-harmonics.ts'
export { owensT } from './special/owens-t.ts'
export { bernoulli, zeta } from './special/zeta.ts'
