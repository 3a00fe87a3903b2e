import type { Model } from './case.ts'
import { conversionModels } from './conversion-models.ts'
import { elementwiseModels } from './elementwise-models.ts'
import { contractionModels } from './contraction-models.ts'
import { orderModels } from './order-models.ts'
import { reductionModels } from './reduction-models.ts'
import { windowModels } from './window-models.ts'
import { matrixModels } from './matrix-models.ts'
import { movingModels } from './moving-models.ts'
import { randomModels } from './random-models.ts'

const runs = (what: string): Model => ({ exempt: `${what}: values pass through, the primitives inside have models` })
const crosses = (what: string): Model => ({
  exempt: `${what}: what devices exchange is tested on threads, dtype by dtype`,
})

/** Primitives that carry programs or exchange values between devices. */
const programModels: { readonly [name: string]: Model } = {
  jit: runs('runs a program'),
  cond: runs('runs one of several programs'),
  while: runs('runs a program again and again'),
  scan: runs('runs a program for every slice'),
  pmap: runs('runs a program on every device'),
  shard_map: runs('runs a program on every shard'),
  reduce: runs('folds by a program'),
  reduce_window: runs('folds windows by a program'),
  remat2: runs('runs a program'),
  composite: runs('runs a program'),
  custom_linear_solve: runs('runs the solver it was given'),
  custom_jvp_call: runs('runs a function'),
  custom_vjp_call: runs('runs a function'),
  custom_lin: runs('stands for a function between two halves of reverse mode'),
  debug_callback: runs('calls the host'),
  debug_print: runs('calls the host'),
  pure_callback: runs('calls the host'),
  empty2: { exempt: 'has no operands, and no number that matters' },
  platform_index: { exempt: 'has no operands' },
  axis_index: { exempt: 'has no operands' },
  psum: crosses('sums over devices'),
  pmax: crosses('the largest over devices'),
  pmin: crosses('the smallest over devices'),
  ppermute: crosses('sends to other devices'),
  pbroadcast: crosses('sends to all devices'),
  all_gather: crosses('collects from all devices'),
  reduce_scatter: crosses('sums over devices'),
  all_to_all: crosses('sends to all devices'),
}

/** What every primitive is held against, by its name. */
export const models: { readonly [name: string]: Model } = {
  ...elementwiseModels,
  ...conversionModels,
  ...reductionModels,
  ...contractionModels,
  ...windowModels,
  ...orderModels,
  ...movingModels,
  ...matrixModels,
  ...randomModels,
  ...programModels,
}
