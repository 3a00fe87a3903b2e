import type { HostArray } from '../ir/host-array.ts'
import { numberAt } from '../ir/element.ts'
import { isComplex, isFloat, realPartOf, shortName, storageWidth } from '../ir/dtype.ts'
import { sizeOf } from '../ir/aval.ts'
import type { ShapedArray } from '../ir/aval.ts'
import type { JaxArray } from '../tracing/array.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import { hostValueOf } from '../tracing/host-value.ts'
import { Tracer } from '../tracing/trace.ts'
import type { SourceLocation } from '../ir/source.ts'
import type { RecordedValue } from '../tracing/record.ts'
import type { SourceSpan, ValueSummary } from './documents.ts'

const shownValues = 64
const inlineValues = 6

/** A number in the four decimals of a figure: `0.6816`, `1`, `1.2e-7`. */
export function formatNumber(value: number, dtype: HostArray['dtype']): string {
  if (dtype === 'bool') return value === 0 ? 'false' : 'true'
  if (!isFloat(dtype) || Number.isInteger(value) || !Number.isFinite(value)) {
    if (Number.isNaN(value)) return 'nan'
    if (!Number.isFinite(value)) return value > 0 ? 'inf' : '−inf'
    return String(value).replace('-', '−')
  }
  const magnitude = Math.abs(value)
  const text = magnitude >= 1e5 || magnitude < 1e-3 ? value.toExponential(2) : value.toFixed(4)
  return text.replaceAll('-', '−')
}

/** What a figure shows of a value. */
export function summarize(host: HostArray): ValueSummary {
  const aval = `${shortName(host.dtype)}[${host.shape.join(',')}]`
  const size = sizeOf(host.shape)
  const base = { aval, shape: host.shape, dtype: host.dtype }
  if (host.dtype === 'float0') return { ...base, text: 'no numbers', values: [] }
  if (host.dtype === 'key<fry>') {
    const words = Array.from(host.data.slice(0, 2 * Math.min(size, shownValues)), hexWord)
    const keys = words.flatMap((word, i) => (i % 2 === 0 ? [`${word} ${words[i + 1]}`] : []))
    return { ...base, text: size === 1 ? keys[0] : `${size} keys`, values: keys }
  }
  if (isComplex(host.dtype)) return { ...base, ...complexSummary(host, size) }
  const numbers = numbersOf(host, Math.min(size, shownValues))
  const values = numbers.map((value) => (host.dtype === 'bool' ? value !== 0 : jsonNumber(value)))
  return { ...base, text: summaryText(host, numbers, size), values }
}

/** The first values as numbers; 64-bit integers become the nearest ones. */
function numbersOf({ dtype, data }: HostArray, count: number): number[] {
  return Array.from({ length: count }, (_, i) => numberAt(dtype, data, i))
}

/** Complex numbers as text, and past a handful how far from zero they reach. */
function complexSummary(host: HostArray, size: number): { text: string; values: string[] } {
  const parts = realPartOf(host.dtype)
  const part = (index: number): [number, number] => [host.data[2 * index], host.data[2 * index + 1]]
  const values = Array.from({ length: Math.min(size, shownValues) }, (_, i) => {
    const [re, im] = part(i)
    const sign = im < 0 || Object.is(im, -0) ? '−' : '+'
    return `${formatNumber(re, parts)}${sign}${formatNumber(Math.abs(im), parts)}j`
  })
  if (host.shape.length === 0) return { text: values[0], values }
  if (size <= inlineValues) return { text: `[${values.join(' ')}]`, values }
  const sizes = Array.from({ length: size }, (_, i) => Math.hypot(...part(i)))
  if (sizes.some(Number.isNaN)) return { text: 'contains nan', values }
  const show = (value: number) => formatNumber(value, 'float64')
  const [least, most] = sizes.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, 0],
  )
  return { text: `sizes ${show(least)} … ${show(most)}`, values }
}

function summaryText(host: HostArray, numbers: readonly number[], size: number): string {
  if (size === 0) return '[]'
  if (host.shape.length === 0) return formatNumber(numbers[0], host.dtype)
  if (size <= inlineValues) return `[${numbers.map((value) => formatNumber(value, host.dtype)).join(' ')}]`
  const { dtype, data } = host
  let low = Infinity
  let high = -Infinity
  let sum = 0
  // Every number of every array that a record holds passes here.
  for (let i = 0; i < size; i++) {
    const value = dtype === 'float32' || dtype === 'int32' ? data[i] : numberAt(dtype, data, i)
    if (value !== value) return 'contains nan'
    if (value < low) low = value
    if (value > high) high = value
    sum += value
  }
  const show = (value: number) => formatNumber(value, 'float64')
  return `mean ${show(sum / size)}, ${show(low)} … ${show(high)}`
}

function jsonNumber(value: number): number | string {
  if (Number.isNaN(value)) return 'NaN'
  if (value === Infinity) return 'Infinity'
  return value === -Infinity ? '-Infinity' : value
}

export function hexWord(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}

/** The numbers of an array, or null while it has none. */
export function hostOf(value: JaxArray): HostArray | null {
  return value instanceof ConcreteArray && !value.released ? value.host : null
}

/** The summary of an array, or null while it has no numbers. */
export function summaryOf(value: JaxArray): ValueSummary | null {
  const host = hostValueOf(value)
  if (host !== null) return summarize(host)
  const carried = value instanceof Tracer ? value.carries() : null
  const summary = carried === null ? null : summaryOf(carried.array)
  if (summary === null || carried?.lanes == null) return summary
  return { ...summary, aval: `${value.aval.toString()} in ${carried.lanes.axis.size} lanes` }
}

/** What a record keeps of a value; undefined where it has no numbers. */
export function recordedSummary({ summary, host, carrier, lanes, aval }: RecordedValue): ValueSummary | undefined {
  if (summary !== null) return summary
  if (host !== null) return summarize(host)
  const carried = carrier === null ? undefined : recordedSummary(carrier)
  if (carried === undefined || lanes === null) return carried
  return { ...carried, aval: `${aval.toString()} in ${lanes.axis.size} lanes` }
}

/** What is kept of a large array: its first values. */
export function outline(host: HostArray): ValueSummary {
  const size = sizeOf(host.shape)
  const width = storageWidth(host.dtype)
  const head = { shape: [shownValues], dtype: host.dtype, data: host.data.subarray(0, shownValues * width) }
  const { values } = summarize(head)
  const aval = `${shortName(host.dtype)}[${host.shape.join(',')}]`
  const first = values.slice(0, 3).map(String).join(' ')
  return {
    aval,
    shape: host.shape,
    dtype: host.dtype,
    values,
    text: `${first} … (${size.toLocaleString('en-US')} values)`,
  }
}

export function describeAval(aval: ShapedArray): { aval: string; shape: readonly number[]; dtype: string } {
  return { aval: aval.toString(), shape: aval.shape, dtype: aval.dtype }
}

export function spanOf(source: SourceLocation | null): SourceSpan | undefined {
  return source === null ? undefined : { file: source.file, line: source.line, column: source.column }
}
