import { ConcretizationTypeError, JaxTypeError, TracerArrayConversionError, ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { type TypedArray, isWideInteger, kindOf } from '../ir/dtype.ts'
import { type Element, bfloat16ToNumber, bigintsOf, elementAt, isComplexNumber } from '../ir/element.ts'
import type { HostArray } from '../ir/host-array.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { hostValueOf } from '../tracing/host-value.ts'
import { refuseFloat0 } from '../tracing/float0.ts'
import { Tracer } from '../tracing/trace.ts'
import { formatArray, formatArrayRepr } from './format.ts'

/** Numbers or booleans, as deep as the array has axes. */
export type NestedValues = Element | NestedValues[]

function transformationOf(x: JaxArray): string {
  return x instanceof Tracer ? x.trace.transformation : 'the transformation'
}

const waysOut =
  'Its value exists only when the traced program runs. Keep to jnp functions inside the transformed function, return the value and read it outside, or print it with debug.print.'

/** The numbers of a concrete array; a tracer has none to give, even where it carries some. */
function hostOf(x: JaxArray, what: string): HostArray {
  if (x instanceof ConcreteArray) {
    if (x.dtype === 'float0') refuseFloat0(what, x.shape)
    if (kindOf(x.dtype) !== 'key') return x.host
    throw new JaxTypeError(`${what}: a PRNG key is not a number.`, {
      hint: 'Draw from it with random.uniform, random.normal, …; random.keyData(key) shows its words.',
      lesson: 'C1',
    })
  }
  throw new ConcretizationTypeError(
    `${what} needs a concrete value, and this is a tracer of ${transformationOf(x)}: ${x.aval.toString()}.`,
    { hint: waysOut, lesson: 'L0' },
  )
}

function elementOf(host: HostArray, position: number): Element {
  return elementAt(host.dtype, host.data, position)
}

/** The only element. What a tracer of grad carries may be read, as in JAX; it is a constant to the derivative. */
export function toItem(x: JaxArray): Element {
  const host = x instanceof Tracer ? (hostValueOf(x) ?? hostOf(x, 'item()')) : hostOf(x, 'item()')
  if (x.size !== 1) {
    throw new ValueError(`item() reads an array of one element, got shape ${formatShape(x.shape)}.`)
  }
  return elementOf(host, 0)
}

/** Where JavaScript wants a number: `Number(x)`, `Math.sqrt(x)`, an index of a list. */
export function numberOf(x: JaxArray): number | boolean | bigint {
  const host = hostOf(x, 'converting an array to a number')
  if (x.ndim !== 0) {
    throw new JaxTypeError(`only a scalar array converts to a number, got shape ${formatShape(x.shape)}.`, {
      hint: 'Operators work on arrays in cells; elsewhere use jnp.add(x, y) and the like, or x.toString() for text.',
    })
  }
  const element = elementOf(host, 0)
  if (!isComplexNumber(element)) return element
  throw new JaxTypeError('a complex number does not convert to a real one.', {
    hint: 'Take a part of it: jnp.real(z), jnp.imag(z) or jnp.abs(z).',
  })
}

export function toNested(x: JaxArray): NestedValues {
  const host = hostOf(x, 'tolist()')
  let position = 0
  const build = (axis: number): NestedValues => {
    if (axis === host.shape.length) return elementOf(host, position++)
    return Array.from({ length: host.shape[axis] }, () => build(axis + 1))
  }
  return build(0)
}

export function toTypedArray(x: JaxArray): TypedArray | BigInt64Array | BigUint64Array {
  if (x instanceof Tracer) {
    throw new TracerArrayConversionError(
      `data() needs numbers in memory, and this is a tracer of ${transformationOf(x)}: ${x.aval.toString()}.`,
      { hint: waysOut, lesson: 'L0' },
    )
  }
  const { dtype, data } = hostOf(x, 'data()')
  if (isWideInteger(dtype)) return bigintsOf(dtype, data).slice()
  return dtype === 'bfloat16' ? Float32Array.from(data, bfloat16ToNumber) : data.slice()
}

/** What printing shows: the numbers as NumPy does, or what is known of a tracer. */
export function textOf(x: JaxArray): string {
  return x instanceof ConcreteArray ? formatArray(x.host) : tracerText(x)
}

/** What an interactive session shows: numbers with their dtype. */
export function representationOf(x: JaxArray): string {
  return x instanceof ConcreteArray ? formatArrayRepr(x.host, x.weakType) : tracerText(x)
}

/** `JitTracer(float32[3])`, `GradTracer(primal=2.0)` */
function tracerText(x: JaxArray): string {
  const name = transformationOf(x)
  const kind = `${name.charAt(0).toUpperCase()}${name.slice(1)}Tracer`
  const type = `${x.dtype}[${x.shape.join(',')}]`
  const host = hostValueOf(x)
  return host === null ? `${kind}(${type})` : `${kind}(primal=${formatArray(host)}, ${type})`
}
