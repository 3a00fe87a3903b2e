import type { HostArray } from '../ir/host-array.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { ValueError } from '../errors.ts'

/** Whoever owns the GPU's thread. */
export interface GpuRunner {
  run(program: ClosedJaxpr, args: readonly HostArray[]): HostArray[]
}

let runner: GpuRunner | null = null

export function installGpu(owner: GpuRunner): void {
  runner = owner
}

/** Runs a program on the GPU and waits for its results. */
export function runOnGpu(program: ClosedJaxpr, args: readonly HostArray[]): HostArray[] {
  if (runner === null) {
    throw new ValueError("platform 'gpu' is not available here: no GPU thread was started", {
      hint: "Set config.update('platform', 'reference') to compute on the processor.",
    })
  }
  return runner.run(program, args)
}
