import { JaxTypeError } from '../errors.ts'
import { type DType, isComplex, isFloat, isInexact } from '../ir/dtype.ts'
import type { JaxArray } from '../tracing/array.ts'

/** Refuses arguments that reverse mode has no derivative for; a holomorphic derivative is of complex arguments. */
export function assertReverseInputs(
  arrays: readonly JaxArray[],
  where: string,
  { holomorphic = false, allowInt = false }: { readonly holomorphic?: boolean; readonly allowInt?: boolean },
): void {
  for (const { dtype } of arrays) {
    if (holomorphic) assertHolomorphic(dtype, where, 'inputs')
    else if (dtype === 'float0' || !(allowInt || isInexact(dtype)))
      refuseInput(dtype, where, 'real- or complex-valued inputs (a dtype with fractions)')
  }
}

/** The same for forward mode, which takes complex arguments only for holomorphic derivatives. */
export function assertForwardInputs(arrays: readonly JaxArray[], where: string, holomorphic: boolean): void {
  for (const { dtype } of arrays) {
    if (holomorphic) assertHolomorphic(dtype, where, 'inputs')
    else if (!isFloat(dtype)) refuseInput(dtype, where, 'real-valued inputs (a floating dtype)')
  }
}

/** Refuses results that have no gradient; a complex one has it only where the function is said to be holomorphic. */
export function assertReverseOutput({ dtype }: JaxArray, where: string, holomorphic: boolean): void {
  if (holomorphic) {
    assertHolomorphic(dtype, where, 'outputs')
    return
  }
  if (isFloat(dtype)) return
  throw new JaxTypeError(`${where} requires real-valued outputs (a floating dtype), but got ${dtype}.`, {
    hint: isComplex(dtype)
      ? 'Take the real part or the absolute value, say { holomorphic: true } if the function is, or use vjp.'
      : undefined,
    lesson: 'D1',
  })
}

/** A holomorphic derivative is of complex results by complex arguments. */
export function assertHolomorphic(dtype: DType, where: string, what: 'inputs' | 'outputs'): void {
  if (isComplex(dtype)) return
  throw new JaxTypeError(`${where} with holomorphic: true requires complex ${what}, but got ${dtype}.`, {
    hint: "Leave holomorphic out for real numbers, or convert them: x.astype('complex64').",
    lesson: 'D1',
  })
}

function refuseInput(dtype: DType, where: string, wanted: string): never {
  throw new JaxTypeError(`${where} requires ${wanted}, but got ${dtype}.`, {
    hint: isComplex(dtype)
      ? 'Say { holomorphic: true } if the function is, or differentiate by real and imaginary parts.'
      : `An integer cannot move by a little, so it has no slope. Convert the argument first, for example x.astype('float32'), or choose another argument with { argnums: … }. For a discrete input there is no derivative: vjp, or grad with { allowInt: true }, says so with a float0.`,
    lesson: 'D1',
  })
}
