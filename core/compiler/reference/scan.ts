import type { ShapedArray } from '../../ir/aval.ts'
import { type HostArray, hostArray, leadingSlice } from '../../ir/host-array.ts'
import type { ClosedJaxpr } from '../../ir/jaxpr.ts'
import { runOnHost } from './run.ts'
import { checkInterruption } from '../../runtime/interruption.ts'

interface Loop {
  readonly jaxpr: ClosedJaxpr
  readonly length: number
  readonly num_carry: number
  readonly num_consts: number
  readonly reverse: boolean
}

/** Runs the body of a scan once a slice; slices of the scanned inputs are views, not copies. */
export function runScan(args: readonly HostArray[], loop: Loop, outAvals: readonly ShapedArray[]): HostArray[] {
  const { jaxpr, length, num_carry, num_consts, reverse } = loop
  const consts = args.slice(0, num_consts)
  let carry = args.slice(num_consts, num_consts + num_carry)
  const xs = args.slice(num_consts + num_carry)
  const ys = outAvals.slice(num_carry).map((aval) => hostArray(aval.shape, aval.dtype))
  for (let step = 0; step < length; step++) {
    checkInterruption()
    const t = reverse ? length - 1 - step : step
    const outs = runOnHost(jaxpr, [...consts, ...carry, ...xs.map((x) => leadingSlice(x, t))])
    carry = outs.slice(0, num_carry)
    ys.forEach((y, i) => y.data.set(outs[num_carry + i].data, t * (y.data.length / length)))
  }
  return [...carry, ...ys]
}
