import type { ParamValue, RuleNames } from '../tracing/primitive.ts'
import type { JaxprEqn, Literal } from './jaxpr.ts'
import type { ComplexNumber, Element } from './element.ts'
import { isFloat } from './dtype.ts'

/** Parameters that JAX leaves out of a printed equation, by primitive; a function decides by value. */
const hidden: Readonly<Record<string, (name: string, value: ParamValue) => boolean>> = {
  broadcast_in_dim: (name, value) => name === 'shape' || (Array.isArray(value) && value.length === 0),
  dot_general: (_name, value) => value === null,
  convert_element_type: (name, value) => name === 'sharding' && value === null,
  custom_jvp_call: (name, value) => name === 'call' || (name === 'num_consts' && value === 0),
  custom_vjp_call: (name, value) => name === 'call' || (name === 'num_consts' && value === 0),
  custom_lin: (name) => name === 'call',
  debug_print: (name) => name === 'callback',
  random_split: (name) => name === 'partitionable',
  random_bits: (name) => name === 'partitionable',
}

/** What JAX calls the record in a `dimension_numbers` parameter. */
const dimensionNumbers: Readonly<Record<string, string>> = {
  gather: 'GatherDimensionNumbers',
  scatter: 'ScatterDimensionNumbers',
  'scatter-add': 'ScatterDimensionNumbers',
  'scatter-mul': 'ScatterDimensionNumbers',
  'scatter-min': 'ScatterDimensionNumbers',
  'scatter-max': 'ScatterDimensionNumbers',
}

/** Parameters of an equation as they are printed: its name, then the others sorted, without those that JAX hides. */
export function printedParams(eqn: JaxprEqn): [string, ParamValue][] {
  const isHidden = hidden[eqn.primitive.name]
  const first = eqn.primitive.name === 'composite' ? null : 'name'
  return [...Object.entries(eqn.params), ...rulesOf(eqn.params.call)]
    .filter(([name, value]) => value !== undefined && isHidden?.(name, value) !== true)
    .sort(([a], [b]) => (b === first ? 1 : a === first || a < b ? -1 : 1))
}

/** What JAX prints of a call with custom rules: the names of the functions. */
function rulesOf(call: ParamValue): [string, ParamValue][] {
  if (typeof call !== 'object' || call === null || !('fun' in call)) return []
  return [['name', call.name], ...Object.entries(call.ruleNames ?? libraryRules(call)), ['symbolic_zeros', false]]
}

/** The rules of the library's own functions, which JAX writes without naming them. */
function libraryRules(call: object): RuleNames {
  return 'jvp' in call ? { jvp: 'jvp' } : { fwd: 'fwd', bwd: 'bwd' }
}

/** Parameters that are floats, even where their value is whole. */
const floats = new Set(['alpha', 'beta', 'recall_target'])

/** Writes a parameter as Python would: tuples, `True`, `None`. */
export function formatParam(primitive: string, name: string, value: ParamValue): string {
  if (primitive === 'dot_general' && name === 'dimension_numbers') return formatNestedLists(value, 0)
  if (name === 'name' && typeof value === 'string') return value
  if (floats.has(name) && typeof value === 'number') return formatFloat(value)
  if (name === 'precision' && isList(value)) return `(${value.join(', ')})`
  if (Object.hasOwn(dimensionNumbers, primitive)) {
    if (name === 'dimension_numbers') return `${dimensionNumbers[primitive]}${formatValue(value)}`
    if (name === 'mode') return `GatherScatterMode.${formatValue(value).toUpperCase()}`
    if (name === 'fill_value' && typeof value === 'number' && Number.isNaN(value)) return 'nan'
  }
  return formatValue(value)
}

function formatValue(value: ParamValue): string {
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return value
  if (typeof value === 'function') return value.name === '' ? '<lambda>' : value.name
  if (isList(value)) {
    const items = value.map((item) => (typeof item === 'string' ? `'${item}'` : formatValue(item)))
    return items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`
  }
  if (isRecord(value)) {
    const { kind, ...rest } = value
    const fields = Object.entries(rest).map(([key, field]) => `${key}=${formatValue(field)}`)
    return `${typeof kind === 'string' ? kind : ''}(${fields.join(', ')})`
  }
  return String(value)
}

/** `(([1], [0]), ([], []))`: tuples outside, lists inside, as dot_general writes its axes. */
function formatNestedLists(value: ParamValue, depth: number): string {
  if (!isList(value)) return formatValue(value)
  const items = value.map((item) => formatNestedLists(item, depth + 1)).join(', ')
  return depth < 2 ? `(${items})` : `[${items}]`
}

function isList(value: ParamValue): value is readonly ParamValue[] {
  return Array.isArray(value)
}

function isRecord(value: ParamValue): value is { readonly [name: string]: ParamValue } {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** `2.0:f32[]`, `1:i32[]`, `True:bool[]` */
export function formatLiteral(literal: Literal): string {
  const { value, aval } = literal
  if (aval.dtype === 'float0') return `(b'',):${aval.toString()}`
  return `${formatElement(value, isFloat(aval.dtype))}:${aval.toString()}`
}

function formatElement(value: Element, float: boolean): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return float ? formatFloat(value) : String(value)
  return typeof value === 'bigint' ? String(value) : formatComplex(value)
}

/** `(1+2j)`, `1j`: a complex number as Python's `repr` writes it. */
export function formatComplex({ re, im }: ComplexNumber): string {
  const part = (x: number): string => formatFloat(x).replace(/\.0$/, '')
  if (Object.is(re, 0)) return `${part(im)}j`
  const sign = im < 0 || Object.is(im, -0) ? '' : '+'
  return `(${part(re)}${sign}${part(im)}j)`
}

/** A double as Python's `repr` writes it. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0.0'
  const magnitude = Math.abs(value)
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
    const [mantissa, exponent] = value.toExponential().split('e')
    const digits = exponent.slice(1).padStart(2, '0')
    return `${mantissa}e${exponent[0]}${digits}`
  }
  const plain = String(value)
  return plain.includes('.') ? plain : `${plain}.0`
}
