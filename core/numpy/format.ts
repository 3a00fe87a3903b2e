import { sizeOf, formatShape } from '../ir/aval.ts'
import { type DType, isComplex, isFloat, kindOf, realPartOf, storageWidth } from '../ir/dtype.ts'
import { type ComplexNumber, type Element, elementAt, isComplexNumber } from '../ir/element.ts'
import { formatComplex } from '../ir/param-format.ts'
import { type HostArray, hostArray } from '../ir/host-array.ts'
import { exponentText, formatFloatScalar, positional, scientific, scientificFixed } from './format-float.ts'

/** NumPy's default print options. */
const threshold = 1000
const edgeItems = 3
const lineWidth = 75
const precision = 8

type FormatElement = (value: Element) => string

/** An array as `print(x)` shows it: `[1. 2. 3.]`. */
export function formatArray(array: HostArray): string {
  if (kindOf(array.dtype) === 'key') return formatKeys(array)
  if (array.dtype === 'float0') return nothingText(array.shape, ' ')
  if (array.shape.length === 0) return formatScalar(elementAt(array.dtype, array.data, 0), array.dtype)
  return arrayText(array, ' ', '', lineWidth)
}

/** An array as an interactive session shows it: `Array([1., 2., 3.], dtype=float32)`. */
export function formatArrayRepr(array: HostArray, weakType: boolean): string {
  if (kindOf(array.dtype) === 'key') return formatKeys(array)
  if (array.dtype === 'float0') return `Array(${nothingText(array.shape, ', ')}, dtype=float0)`
  const prefix = 'Array('
  const dtype = `dtype=${array.dtype}${weakType ? ', weak_type=True' : ''}`
  const isEmpty = sizeOf(array.shape) === 0
  const text = isEmpty ? `[], shape=${formatShape(array.shape)}` : arrayText(array, ', ', prefix, lineWidth - 1)
  const lastLine = text.length - text.lastIndexOf('\n') + 1
  const gap = lastLine + dtype.length + 2 > lineWidth ? `\n${' '.repeat(prefix.length)}` : ' '
  return `${prefix}${text},${gap}${dtype})`
}

/** `[(b'',) (b'',)]`: elements of no bytes, as NumPy prints them. */
function nothingText([length, ...inner]: readonly number[], separator: string): string {
  if (length === undefined) return "(b'',)"
  const shown = length > threshold ? 2 * edgeItems : length
  const entries = new Array<string>(shown).fill(nothingText(inner, separator))
  return `[${(length > threshold ? entries.toSpliced(edgeItems, 0, '...') : entries).join(separator)}]`
}

function formatKeys(array: HostArray): string {
  const words = hostArray([...array.shape, storageWidth(array.dtype)], 'uint32', array.data)
  return `Array(${formatShape(array.shape)}, dtype=${array.dtype}) overlaying:\n${formatArray(words)}`
}

/** One value by itself, as Python prints it: `True`, `3`, `2.0`. */
export function formatScalar(value: Element, dtype: DType): string {
  if (dtype === 'bool') return Number(value) === 0 ? 'False' : 'True'
  if (isComplexNumber(value)) return formatComplex(value)
  if (dtype === 'bfloat16') return formatGeneral(Number(value))
  return isFloat(dtype) ? formatFloatScalar(Number(value), dtype) : String(value)
}

function arrayText(array: HostArray, separator: string, prefix: string, width: number): string {
  const size = sizeOf(array.shape)
  if (size === 0) return '[]'
  const summarise = size > threshold
  const layout = new Layout(array, elementFormat(array, summarise), separator, summarise)
  return layout.text(0, 0, ` ${' '.repeat(prefix.length)}`, width)
}

/** Lays out nested brackets, breaking rows that would pass the line width. */
class Layout {
  private readonly array: HostArray
  private readonly format: FormatElement
  private readonly separator: string
  private readonly summarise: boolean

  constructor(array: HostArray, format: FormatElement, separator: string, summarise: boolean) {
    this.array = array
    this.format = format
    this.separator = separator
    this.summarise = summarise
  }

  /** The text of the sub-array that starts at element `offset` and lacks the first `axis` axes. */
  text(axis: number, offset: number, indent: string, width: number): string {
    const { shape, dtype, data } = this.array
    if (axis === shape.length) return this.format(elementAt(dtype, data, offset))
    const length = shape[axis]
    const stride = sizeOf(shape.slice(axis + 1))
    const cut = this.summarise && 2 * edgeItems < length
    const shown = cut ? [...range(0, edgeItems), null, ...range(length - edgeItems, length)] : range(0, length)
    const items = shown.map((i) =>
      i === null ? '...' : this.text(axis + 1, offset + i * stride, `${indent} `, width - 1),
    )
    const body = axis === shape.length - 1 ? this.row(items, indent, width) : this.block(items, indent, axis)
    return `[${body.slice(indent.length)}]`
  }

  private row(items: readonly string[], indent: string, width: number): string {
    const limit = width - Math.max(this.separator.trimEnd().length, 1)
    let lines = ''
    let line = indent
    items.forEach((item, i) => {
      if (line.length + item.length > limit && line.length > indent.length) {
        lines += `${line.trimEnd()}\n`
        line = indent
      }
      line += i === items.length - 1 ? item : item + this.separator
    })
    return lines + line
  }

  private block(items: readonly string[], indent: string, axis: number): string {
    const between = this.separator.trimEnd() + '\n'.repeat(this.array.shape.length - axis - 1)
    return items.map((item) => indent + item).join(between)
  }
}

function range(start: number, stop: number): number[] {
  return Array.from({ length: stop - start }, (_, i) => start + i)
}

/** Only the elements that will be shown decide on widths and on scientific notation. */
function shownElements(array: HostArray, summarise: boolean): Element[] {
  const { shape, dtype, data } = array
  if (!summarise) return Array.from({ length: sizeOf(shape) }, (_, i) => elementAt(dtype, data, i))
  const shown: Element[] = []
  const visit = (axis: number, offset: number): void => {
    if (axis === shape.length) {
      shown.push(elementAt(dtype, data, offset))
      return
    }
    const length = shape[axis]
    const stride = sizeOf(shape.slice(axis + 1))
    for (let i = 0; i < length; i++) {
      if (length > 2 * edgeItems && i === edgeItems) i = length - edgeItems
      visit(axis + 1, offset + i * stride)
    }
  }
  visit(0, 0)
  return shown
}

function elementFormat(array: HostArray, summarise: boolean): FormatElement {
  const { dtype } = array
  if (dtype === 'bool') {
    const padded = array.shape.length === 0 ? 'True' : ' True'
    return (value) => (Number(value) === 0 ? 'False' : padded)
  }
  const shown = shownElements(array, summarise)
  // NumPy knows bfloat16 only as somebody else's type, whose own text it takes as it is.
  if (dtype === 'bfloat16') return (value) => formatGeneral(Number(value))
  if (isComplex(dtype)) return complexFormat(shown.filter(isComplexNumber), realPartOf(dtype))
  if (isFloat(dtype)) {
    const format = floatFormat(shown.map(Number), dtype)
    return (value) => format(Number(value))
  }
  const width = longest(shown.map(String))
  return (value) => String(value).padStart(width)
}

/** Six significant digits without trailing zeros, as C's `%g` writes them. */
function formatGeneral(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [mantissa, exponent] = value.toExponential(5).split('e')
  const power = Number(exponent)
  if (power < -4 || power >= 6) {
    return `${String(Number(mantissa))}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  }
  return String(Number(value.toFixed(Math.max(0, 5 - power))))
}

/** `1.+2.j`: both parts in one format each, the second with its sign. */
function complexFormat(shown: readonly ComplexNumber[], dtype: DType): FormatElement {
  const real = floatFormat(
    shown.map(({ re }) => re),
    dtype,
  )
  const imaginary = floatFormat(
    shown.map(({ im }) => Math.abs(im)),
    dtype,
  )
  return (value) => {
    if (!isComplexNumber(value)) return String(value)
    const sign = value.im < 0 || Object.is(value.im, -0) ? '-' : '+'
    const text = imaginary(Math.abs(value.im))
    const [left, right] = [text.length - text.trimStart().length, text.length - text.trimEnd().length]
    return `${real(value.re)}${' '.repeat(left)}${sign}${text.trim()}j${' '.repeat(right)}`
  }
}

function longest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, text.length), 0)
}

/** Decimal digits that a float dtype always holds. */
function reliableDigits(dtype: DType): number {
  if (dtype === 'float16') return 3
  return dtype === 'float32' ? 6 : 15
}

function needsExponent(finite: readonly number[], dtype: DType): boolean {
  let largest = 0
  let smallest = Infinity
  for (const value of finite) {
    if (value === 0) continue
    const magnitude = Math.abs(value)
    largest = Math.max(largest, magnitude)
    smallest = Math.min(smallest, magnitude)
  }
  if (largest === 0) return false
  const ratio = dtype === 'float64' ? largest / smallest : Math.fround(largest / smallest)
  return largest >= 10 ** Math.min(precision, reliableDigits(dtype)) || smallest < 0.0001 || ratio > 1000
}

function floatFormat(shown: readonly number[], dtype: DType): (value: number) => string {
  const finite = shown.filter(Number.isFinite)
  const exponential = needsExponent(finite, dtype)
  const parts = finite.map((value) =>
    exponential ? scientific(value, dtype, precision) : { ...positional(value, dtype, precision), exponent: 0 },
  )
  const decimals = longest(parts.map(({ fraction }) => fraction))
  const exponentSize = longest(parts.map(({ exponent }) => exponentText(exponent, 2))) - 1
  const right = exponential ? exponentSize + 2 + decimals : decimals
  let left = longest(parts.map(({ integer }) => integer))
  if (finite.length < shown.length) {
    const infinity = shown.includes(-Infinity) ? 4 : 3
    left = Math.max(left, 3 - (right + 1), infinity - (right + 1))
  }
  return (value) => {
    if (!Number.isFinite(value)) return formatFloatScalar(value, dtype).padStart(left + right + 1)
    if (exponential) {
      const { integer, fraction, exponent } = scientificFixed(value, decimals)
      return `${integer.padStart(left)}.${fraction}e${exponentText(exponent, exponentSize)}`
    }
    const { integer, fraction } = positional(value, dtype, precision)
    return `${integer.padStart(left)}.${fraction.padEnd(right)}`
  }
}
