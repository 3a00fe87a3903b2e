import { runOnHost } from '../compiler/reference/run.ts'
import type { HostArray } from '../ir/host-array.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { batchJaxpr } from '../interpreters/batching.ts'
import { withAxis } from '../tracing/axis-env.ts'

/** A named axis of devices. */
export interface DeviceAxis {
  readonly name: string
  readonly size: number
}

/** Runs `body` with every axis of a mesh in scope, the last one innermost. */
export function withAxes<T>(axes: readonly DeviceAxis[], body: () => T): T {
  return axes.reduceRight<() => T>((inner, axis) => () => withAxis(axis, inner), body)()
}

const programs = new WeakMap<ClosedJaxpr, Map<string, ClosedJaxpr>>()

/**
 * Runs the program of one device for all devices of a mesh in this thread: devices are lanes of a vmap.
 * Operand i has those axes in front, in the order of the mesh, for which `mapped[i]` is set; every result has
 * all axes in front.
 */
export function runInLanes(
  program: ClosedJaxpr,
  axes: readonly DeviceAxis[],
  args: readonly HostArray[],
  mapped: readonly (readonly boolean[])[],
): HostArray[] {
  const key = JSON.stringify([axes, mapped])
  const known = programs.get(program) ?? new Map<string, ClosedJaxpr>()
  programs.set(program, known)
  let batched = known.get(key)
  if (batched === undefined) {
    batched = withAxes(axes, () =>
      axes.reduceRight(
        (inner, axis, position) =>
          batchJaxpr(
            inner,
            axis,
            mapped.map((flags) => flags[position]),
            true,
          ).jaxpr,
        program,
      ),
    )
    known.set(key, batched)
  }
  return runOnHost(batched, args)
}
