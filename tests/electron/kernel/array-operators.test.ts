import { expect, test } from 'vitest'
import { arrayBench } from './cell-bench.ts'

test.each([
  ['x + y', 'add(x, y)'],
  ['2 * x + y', 'add(multiply(2, x), y)'],
  ['(1 + x) * (y - 2)', 'multiply(add(1, x), subtract(y, 2))'],
  ['-x ', 'negative(x)'],
  ['+x', 'positive(x)'],
  ['~x', 'bitwiseNot(x)'],
  ['x / y % 3', 'remainder(divide(x, y), 3)'],
  ['x ** 2', 'power(x, 2)'],
  ['(-x) ** 2', 'power(negative(x), 2)'],
  ['x == 1', 'equal(x, 1)'],
  ['x != y', 'notEqual(x, y)'],
  ['1 < x', 'less(1, x)'],
  ['x <= 1', 'lessEqual(x, 1)'],
  ['x > true', 'greater(x, true)'],
  ['x >= y', 'greaterEqual(x, y)'],
  ['x & y | x ^ y', 'bitwiseOr(bitwiseAnd(x, y), bitwiseXor(x, y))'],
  ['x << 1 >> 2 >>> 3', 'rightShiftLogical(rightShift(leftShift(x, 1), 2), 3)'],
  ['let z = x; z += 1; z *= y; z', 'multiply(add(x, 1), y)'],
  ['let z = x; z **= 2; z >>>= 1; z', 'rightShiftLogical(power(x, 2), 1)'],
  ['let z = x; z++; z', 'add(x, 1)'],
  ['let z = x; const before = z--; before', 'x'],
  ['const o = { w: x }; o.w -= y; o.w', 'subtract(x, y)'],
  ['const o = { w: [x] }; o.w[0] /= 2; o.w[0]', 'divide(x, 2)'],
  ['const o = { w: { b: x } }; o.w.b += y; o.w.b', 'add(x, y)'],
  ['x[0]', 'x[0]'],
  ['x[-1][y]', 'x[-1][y]'],
  ['x[1, 2]', 'x[1, 2]'],
  ['x["..."]', 'x["..."]'],
  ['x[null]', 'x[null]'],
  ['x?.[0]', 'x[0]'],
  ['const f = (a) => a[0] + 1; f(x)', 'add(x[0], 1)'],
  ['(function () { return arguments[0] * 2 })(x)', 'multiply(x, 2)'],
  ['[x + 1, 0][0]', 'add(x, 1)'],
  ['zero && y', 'zero'],
  ['x && y', 'y'],
  ['zero || y', 'y'],
  ['x || y', 'x'],
  ['x ? 1 : 2', '1'],
  ['zero ? 1 : 2', '2'],
  ['!zero', 'true'],
  ['let z = zero; z ||= y; z', 'y'],
  ['let z = zero; z &&= y; z', 'zero'],
  ['const o = { w: zero }; o.w ||= x; o.w', 'x'],
  ['x == null', 'false'],
  ['x != undefined', 'true'],
  ['x === x', 'true'],
  ['x !== x', 'false'],
  ['x == "x"', 'false'],
  ['x["text"]', '"x"'],
])('%s is %s', (source, text) => {
  expect(arrayBench().text(source)).toBe(text)
})

test('text wins over arithmetic', () => {
  expect(arrayBench().run("'loss: ' + x")).toBe('loss: <x>')
  expect(arrayBench().run("const label = 'loss: '; label + x")).toBe('loss: <x>')
})

test.each([
  'if (traced) {}',
  'while (traced) {}',
  'for (; traced; ) {}',
  'do {} while (traced)',
  'traced ? 1 : 2',
  'traced && 1',
  'traced || 1',
  '!traced',
  'if (1 && !traced) {}',
])('%s asks the array for its truth', (source) => {
  expect(() => arrayBench().run(source)).toThrow(new TypeError('traced'))
})

test.each([
  'x[0] = 1',
  'x[0] += 1',
  'x[0]++',
  '[x[0]] = [1]',
  '({ a: x[0] } = { a: 1 })',
  'for (x[0] of [1]) {}',
  'x[0] ||= 1; zero[0] &&= 1',
])('%s says that arrays are immutable, and what to write instead', (source) => {
  const bench = arrayBench()
  expect(() => bench.run(source)).toThrow(
    expect.objectContaining({
      name: 'TypeError',
      message: 'arrays are immutable: x[i] = v cannot change the array in place',
      hint: expect.stringContaining('x = x.at(i).set(v)'),
    }),
  )
})

test('delete x[i] is refused too', () => {
  expect(() => arrayBench().run('delete x[0]')).toThrow('arrays are immutable: delete x[i] cannot remove an element')
})
