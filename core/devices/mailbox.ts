import { innerJaxprs } from '../ir/check.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import type { DeviceInterval } from './device-channel.ts'

/**
 * What a device is to run, and what it did, as numbers in the kernel's heap: a run of a program that a device knows
 * sends no message either way. What does not fit (programs, callbacks, errors, what was watched) is a message.
 */

/** Where the values of a run lie: their shapes and dtypes are the program's. */
export interface RunFrame {
  readonly axisName: string
  readonly axisSize: number
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  /** Where the values of a collective lie one after the other, those of the largest too. */
  readonly exchange: number
  /** Room for what the device did. */
  readonly report: number
}

const bytesOfWord = 4

export function frameBytes({ axisName, inputs, outputs }: RunFrame): number {
  return bytesOfWord * (6 + axisName.length + inputs.length + outputs.length)
}

export function writeFrame(buffer: ArrayBufferLike, address: number, frame: RunFrame): void {
  const words = new Uint32Array(buffer, address, frameBytes(frame) / bytesOfWord)
  let at = 0
  const put = (values: readonly number[]): void => {
    words[at++] = values.length
    for (const value of values) words[at++] = value
  }
  words[at++] = frame.axisSize
  // By code units: some characters are two.
  put(Array.from({ length: frame.axisName.length }, (_, i) => frame.axisName.charCodeAt(i)))
  put(frame.inputs)
  put(frame.outputs)
  words[at++] = frame.exchange
  words[at] = frame.report
}

export function readFrame(buffer: ArrayBufferLike, address: number): RunFrame {
  const words = new Uint32Array(buffer)
  let at = address / bytesOfWord
  const list = (): number[] => {
    const length = words[at++]
    const values = [...words.subarray(at, at + length)]
    at += length
    return values
  }
  const axisSize = words[at++]
  const axisName = String.fromCharCode(...list())
  return { axisSize, axisName, inputs: list(), outputs: list(), exchange: words[at++], report: words[at] }
}

/** Pieces of a run that fit into its report. */
const mostIntervals = 64
const numbersOfInterval = 4
export const reportBytes = 8 * (1 + mostIntervals * numbersOfInterval)

/** What a piece of a run may be called: computing, and the collectives of the program. */
export function labelsOf(closed: ClosedJaxpr): readonly string[] {
  const names = new Set(['compute'])
  const visit = ({ eqns }: ClosedJaxpr): void => {
    for (const { primitive, params } of eqns) {
      if (primitive.axisNames !== undefined) names.add(primitive.name)
      innerJaxprs(params).forEach(visit)
    }
  }
  visit(closed)
  return [...names]
}

/** Whether the report of a run fits, and was written. */
export function writeReport(
  buffer: ArrayBufferLike,
  address: number,
  intervals: readonly DeviceInterval[],
  labels: readonly string[],
): boolean {
  const fits = intervals.every(
    ({ kind, label }) => labels.includes(label) && (kind === 'compute') === (label === 'compute'),
  )
  if (!fits || intervals.length > mostIntervals) return false
  const numbers = new Float64Array(buffer, address, reportBytes / 8)
  numbers[0] = intervals.length
  intervals.forEach(({ label, start, end, bytes = 0 }, i) => {
    numbers.set([labels.indexOf(label), start, end, bytes], 1 + i * numbersOfInterval)
  })
  return true
}

export function readReport(buffer: ArrayBufferLike, address: number, labels: readonly string[]): DeviceInterval[] {
  const numbers = new Float64Array(buffer, address, reportBytes / 8)
  return Array.from({ length: numbers[0] }, (_, i): DeviceInterval => {
    const [label, start, end, bytes] = numbers.subarray(1 + i * numbersOfInterval)
    if (label === 0) return { kind: 'compute', label: labels[label], start, end }
    return { kind: 'collective', label: labels[label], start, end, bytes }
  })
}
