/**
 * JAX in TypeScript: the one entry. Names are JAX's, in camelCase; keyword arguments go into one trailing
 * options object.
 */
import './interpreters/evaluation.ts'
import './numpy/array-methods.ts'
import { useHeap } from './runtime/memory.ts'

useHeap()

export { jit } from './api/jit.ts'
export { clearCaches } from './api/program-cache.ts'
export type { JitOptions, JittedFunction } from './api/jit.ts'
export { grad, valueAndGrad, vjp } from './api/grad.ts'
export type { GradOptions } from './api/grad.ts'
export { jvp, linearTranspose, linearize } from './api/jvp.ts'
export { hessian, jacfwd, jacrev, jacrev as jacobian } from './api/jacobian.ts'
export type { JacobianOptions } from './api/jacobian.ts'
export { vmap } from './api/vmap.ts'
export type { AxisTree, VmapOptions } from './api/vmap.ts'
export { pmap } from './api/pmap.ts'
export type { PmapOptions } from './api/pmap.ts'
export { shardMap } from './api/shard-map.ts'
export type { ShardMapOptions, SpecTree } from './api/shard-map.ts'
export { checkpoint, checkpointName, checkpoint as remat } from './api/checkpoint.ts'
export type { CheckpointOptions } from './api/checkpoint.ts'
export { checkpointPolicies } from './control/checkpoint-policies.ts'
export type { CheckpointPolicy } from './control/checkpoint-policies.ts'
export { closureConvert, ensureCompileTimeEval, namedCall } from './api/closures.ts'
export { customGradient } from './api/custom-gradient.ts'
export { fwdAndBwd } from './api/fwd-and-bwd.ts'
export { customJvp } from './api/custom-jvp.ts'
export { customVjp } from './api/custom-vjp.ts'
export { evalShape, makeJaxpr } from './api/make-jaxpr.ts'
export { pureCallback } from './api/pure-callback.ts'
export { savedResiduals } from './api/saved-residuals.ts'
export { debug, setDebugOutput } from './api/debug.ts'
export { installParallelDevices } from './runtime/parallel.ts'
export {
  Device,
  defaultBackend,
  defaultDevice,
  deviceCount,
  devices,
  localDeviceCount,
  localDevices,
} from './sharding/device.ts'
export { Mesh, makeMesh } from './sharding/mesh.ts'
export { NamedSharding } from './sharding/named-sharding.ts'
export { P, PartitionSpec } from './sharding/partition-spec.ts'
export { Shard, blockUntilReady, deviceGet, devicePut } from './api/placement.ts'
export {
  checkTracerLeaks,
  checkingLeaks,
  debugInfs,
  debugKeyReuse,
  debugNans,
  disableJit,
  enableX64,
  explainCacheMisses,
  namedScope,
  threefryPartitionable,
} from './api/config-contexts.ts'
export { config } from './config.ts'
export { ShapeDtypeStruct } from './tree/leaves.ts'
export { slice } from './numpy/index-expression.ts'
export { JaxArray as Array } from './tracing/array.ts'
export type { ArrayLike } from './tracing/array.ts'
export { Tracer } from './tracing/trace.ts'
export { ClosedJaxpr } from './ir/jaxpr.ts'
export { recoverFromInterruption } from './tracing/recover.ts'
export { setUserFile, userFrames } from './tracing/source.ts'
export * as dtypes from './api/dtypes.ts'
export { float0 } from './api/dtypes.ts'
export { platformDependent } from './lax/index.ts'
export * as errors from './errors.ts'
export * as inspect from './inspect/index.ts'
export * as lax from './lax/index.ts'
export * as random from './random/index.ts'
export * as scipy from './scipy/index.ts'
export * as nn from './nn/index.ts'
export * as numpy from './numpy/index.ts'
export * as jnp from './numpy/index.ts'
export * as np from './numpy/index.ts'
export * as ops from './ops/index.ts'
export * as tree from './tree/index.ts'
export * as optimizers from './optimizers/index.ts'
export * as test from './test/index.ts'
