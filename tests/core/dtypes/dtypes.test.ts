import { describe, expect, test } from 'vitest'
import { higherOrderPrimitives } from '../../../core/control/registry.ts'
import { ShapedArray } from '../../../core/ir/aval.ts'
import { allDTypes } from '../../../core/ir/dtype.ts'
import { allPrimitives } from '../../../core/primitives/registry.ts'
import type { Primitive } from '../../../core/tracing/primitive.ts'
import type { Case } from './case.ts'
import { models } from './models.ts'
import { decode, sameValue } from './values.ts'

/** Runs a case and says where the result differs from what arithmetic gives. */
function differences(primitive: Primitive, { args, params, wanted }: Case): string[] {
  const avals = args.map(({ shape, dtype }) => new ShapedArray(shape, dtype))
  const outAvals = primitive.abstractEval(avals, params)
  const results = primitive.impl(args, params, outAvals)
  return wanted.flatMap(({ dtype, values, ulps, within }, n) => {
    const result = results[n]
    if (result === undefined) return [`output ${n} is missing`]
    if (result.dtype !== dtype || outAvals[n]?.dtype !== dtype) return [`output ${n} is ${result.dtype}, not ${dtype}`]
    const found = decode(result)
    if (found.length !== values.length) return [`output ${n} has ${found.length} values, not ${values.length}`]
    return found.flatMap((value, i) => {
      const right = values[i] ?? NaN
      if (sameValue(dtype, value, right, ulps, within)) return []
      const operands = args.map((arg) => (arg.shape.join() === result.shape.join() ? show(decode(arg)[i]) : '…'))
      return [`output ${n}[${i}] of (${operands.join(', ')}): ${show(value)}, not ${show(right)}`]
    })
  })
}

const show = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? `(${Object.values(value).map(show).join(' ')})`
    : Object.is(value, -0)
      ? '-0'
      : String(value)

describe.each([...allPrimitives, ...higherOrderPrimitives])('$name', (primitive) => {
  const model = models[primitive.name]

  test('has a model or a reason for having none', () => {
    expect(model, 'write down what it gives on arrays of every dtype').toBeDefined()
  })

  if (model === undefined || 'exempt' in model) return

  test.each(allDTypes)('reads and writes %s by its dtype', (dtype) => {
    const problems = model.cases(dtype).flatMap((each) => differences(primitive, each).slice(0, 4))
    expect(problems).toEqual([])
    for (const { args, params } of model.refuses(dtype)) {
      const avals = args.map((arg) => new ShapedArray(arg.shape, arg.dtype))
      expect(() => primitive.abstractEval(avals, params), `${dtype} is refused`).toThrow()
    }
  })
})
