import { bitcastHost, bitcastShape, convertHost } from '../compiler/reference/convert.ts'
import { ShapedArray, formatShape } from '../ir/aval.ts'
import { type DType, bitWidth, isInexact, kindOf } from '../ir/dtype.ts'
import { copyOf } from '../ir/host-array.ts'
import { ConcreteArray, scalar } from '../runtime/concrete-array.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import { type Primitive, UndefinedPrimal, Zero, definePrimitive } from '../tracing/primitive.ts'
import { elementwiseBatch, linearJvp, zeroJvp } from './rules.ts'
import { bindOne } from '../tracing/trace.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { moveAxis } from './batch-axis.ts'
import { operands } from './operand.ts'
import { moves } from './costs.ts'
import { spreadAlike, spreadExcept } from './sharding-rules.ts'

type ConvertParams = { readonly new_dtype: DType; readonly weak_type: boolean; readonly sharding: null }

/** The same values in another dtype. Literals change at once, and no change needs no equation. */
export function convertElementType(x: ArrayLike, newDType: DType, weakType = false): JaxArray {
  if (!(x instanceof JaxArray)) return scalar(x, newDType, weakType)
  const value = x
  if (value.dtype === newDType && value.weakType === weakType) return value
  if (value instanceof ConcreteArray && value.literal) {
    return new ConcreteArray(convertHost(value.host, newDType), { weakType, literal: true })
  }
  return bindOne(convertElementTypePrimitive, [value], { new_dtype: newDType, weak_type: weakType, sharding: null })
}

/** The same bits read as another dtype: `lax.bitcastConvertType(x, 'uint32')`. */
export function bitcastConvertType(x: ArrayLike, newDType: DType): JaxArray {
  return bindOne(bitcastConvertTypePrimitive, operands(x), { new_dtype: newDType })
}

/** The value itself, as an equation of its own. */
export function copy(x: ArrayLike): JaxArray {
  return bindOne(copyPrimitive, operands(x), {})
}

/** The value itself, through which no derivative flows. */
export function stopGradient(x: ArrayLike): JaxArray {
  return bindOne(stopGradientPrimitive, operands(x), {})
}

/** Tangents are never weakly typed, so a conversion that only drops weak typing leaves them as they are. */
function tangentOf(tangent: JaxArray, params: ConvertParams): JaxArray {
  const same = tangent.dtype === params.new_dtype && tangent.weakType === params.weak_type
  return same ? tangent : bindOne(convertElementTypePrimitive, [tangent], params)
}

export const convertElementTypePrimitive: Primitive<ConvertParams> = definePrimitive<ConvertParams>({
  name: 'convert_element_type',
  inferSharding: spreadAlike(),
  cost: ([x], { new_dtype }) => ({ flops: x.dtype === new_dtype ? 0 : x.size }),
  abstractEval([x], { new_dtype, weak_type }) {
    if ((kindOf(x.dtype) === 'key' || kindOf(new_dtype) === 'key') && x.dtype !== new_dtype) {
      throw new JaxTypeError(`convert_element_type cannot convert ${x.dtype} to ${new_dtype}.`, {
        hint: 'A key is not a number: random.keyData(key) gives its words, random.wrapKeyData(words) makes a key.',
      })
    }
    return [new ShapedArray(x.shape, new_dtype, weak_type)]
  },
  impl: ([x], { new_dtype }) => [convertHost(x, new_dtype)],
  jvp([x], [dx], params) {
    const out = bindOne(convertElementTypePrimitive, [x], params)
    const flat = dx instanceof Zero || !isInexact(params.new_dtype)
    return {
      primals: [out],
      tangents: [flat ? new Zero(out.aval) : tangentOf(dx, params)],
    }
  },
  transpose([ct], [x]) {
    if (!(x instanceof UndefinedPrimal)) return [null]
    if (ct instanceof Zero || !isInexact(x.aval.dtype)) return [new Zero(x.aval)]
    return [
      bindOne(convertElementTypePrimitive, [ct], {
        new_dtype: x.aval.dtype,
        weak_type: x.aval.weakType,
        sharding: null,
      }),
    ]
  },
  batch: elementwiseBatch(() => convertElementTypePrimitive),
})

type BitcastParams = { readonly new_dtype: DType }

export const bitcastConvertTypePrimitive: Primitive<BitcastParams> = definePrimitive<BitcastParams>({
  name: 'bitcast_convert_type',
  inferSharding: spreadExcept(([x], _params, [out]) => [Math.min(x.ndim, out.ndim)]),
  cost: moves,
  abstractEval([x], { new_dtype }) {
    for (const dtype of [x.dtype, new_dtype]) {
      if (kindOf(dtype) === 'bool' || kindOf(dtype) === 'key' || kindOf(dtype) === 'complex') {
        throw new JaxTypeError(`bitcast_convert_type does not accept dtype ${dtype}.`)
      }
    }
    const shape = bitcastShape(x.shape, x.dtype, new_dtype)
    if (shape === null) {
      throw new ValueError(
        `bitcast_convert_type: ${x.dtype} of shape ${formatShape(x.shape)} cannot be read as ${new_dtype}: ` +
          `the last axis must have length ${bitWidth(new_dtype) / bitWidth(x.dtype)}.`,
      )
    }
    return [new ShapedArray(shape, new_dtype)]
  },
  impl: ([x], { new_dtype }, [out]) => [bitcastHost(x, out.shape, new_dtype)],
  jvp: zeroJvp(() => bitcastConvertTypePrimitive),
  batch([x], [dim], params) {
    const widens = dim === x.ndim - 1 && bitWidth(params.new_dtype) > bitWidth(x.dtype)
    const value = widens ? moveAxis(x, dim, 0) : x
    return { outputs: [bindOne(bitcastConvertTypePrimitive, [value], params)], dims: [widens ? 0 : dim] }
  },
})

export const copyPrimitive: Primitive = definePrimitive({
  name: 'copy',
  inferSharding: spreadAlike(),
  cost: moves,
  abstractEval: ([x]) => [x],
  impl: ([x]) => [copyOf(x)],
  jvp: linearJvp(() => copyPrimitive),
  transpose: ([ct]) => [ct],
  batch: elementwiseBatch(() => copyPrimitive),
})

export const stopGradientPrimitive: Primitive = definePrimitive({
  name: 'stop_gradient',
  inferSharding: spreadAlike(),
  cost: moves,
  abstractEval: ([x]) => [x],
  impl: ([x]) => [x],
  jvp: zeroJvp(() => stopGradientPrimitive),
  batch: elementwiseBatch(() => stopGradientPrimitive),
})

export const conversionPrimitives: readonly Primitive[] = [
  convertElementTypePrimitive,
  bitcastConvertTypePrimitive,
  copyPrimitive,
  stopGradientPrimitive,
]
