import { isComplex, isFloat, isWideInteger, kindOf } from '../../core/ir/dtype.ts'
import { elementAt, numbersIn } from '../../core/ir/element.ts'
import { type HostArray, hostArray } from '../../core/ir/host-array.ts'
import { formatArray, formatScalar } from '../../core/numpy/format.ts'
import type { ArrayElements } from './core-interface.ts'

/** What an array holds, read by its dtype: storage alone does not say which numbers it stands for. */
export function arrayElements(host: HostArray): ArrayElements {
  const { shape, dtype, data } = host
  if (kindOf(dtype) === 'key') {
    const words = (i: number): HostArray => hostArray([2], 'uint32', data.slice(2 * i, 2 * i + 2))
    return { shape, values: data, kind: 'key', textAt: (i) => formatArray(words(i)) }
  }
  const textAt = (i: number): string => formatScalar(elementAt(dtype, data, i), dtype)
  if (isComplex(dtype)) return { shape, values: data, kind: 'complex', textAt }
  if (isWideInteger(dtype)) {
    const values = numbersIn(host)
    return { shape, values, kind: 'number', textAt: (i) => (Number.isSafeInteger(values[i]) ? null : textAt(i)) }
  }
  return { shape, values: printedNumbers(host), kind: 'number', textAt: () => null }
}

/** Floats as the numbers that their text stands for. */
function printedNumbers(host: HostArray): ArrayLike<number> {
  const { dtype, data } = host
  if (!isFloat(dtype)) return data
  return numbersIn(host).map((value) => (Number.isFinite(value) ? Number(formatScalar(value, dtype)) : value))
}
