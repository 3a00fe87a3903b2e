import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ArrayOperators } from '../../../electron/kernel/runtime/array-operators.ts'
import { Bench, Recorded, recordingArrays } from './cell-bench.ts'

/** What was called, beside the text at the place that the cell announced for it. */
interface Call {
  readonly called: string
  readonly announced: string
}

const most = 40
const numbers = Array.from({ length: most }, (_, i) => i)

/** Runs a program whose functions are named `p0`, `p1`, …, and says of every call where the cell said it was. */
function callsOf(source: string): Call[] {
  const calls: Call[] = []
  const note = (called: string): Recorded => {
    calls.push({ called, announced: source.slice(bench.offset, bench.offset + called.length) })
    return target
  }
  const target: Recorded = new Recorded('x')
  Object.defineProperties(target, {
    T: { get: () => note('T') },
    toString: { value: () => 'text' },
    [Symbol.iterator]: { value: () => [][Symbol.iterator]() },
    ...Object.fromEntries(numbers.map((i) => [`p${i}`, { value: () => note(`p${i}`) }])),
  })
  const arrays: ArrayOperators = {
    ...recordingArrays,
    binary: { ...recordingArrays.binary, add: () => note('+'), multiply: () => note('*'), less: () => note('<') },
    unary: { ...recordingArrays.unary, negative: () => note('-') },
    index: () => note('0'),
    truth: () => true,
  }
  const functions = numbers.flatMap((i): [string, unknown][] => [
    [`p${i}`, () => note(`p${i}`)],
    [`q${i}`, () => (note(`q${i}`), () => note(`q${i}`))],
    // Only a function with a prototype can be constructed.
    [
      `C${i}`,
      function () {
        note(`new C${i}`)
      },
    ],
  ])
  const bench = new Bench({ ...Object.fromEntries(functions), o: target }, arrays)
  bench.run(source)
  return calls
}

/** `@` stands for a number that no other call has. */
const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const e = tie('expression')
  const list = fc.array(e, { maxLength: 3 }).map((parts) => parts.join(', '))
  return {
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('o', 'p@()', 'o.p@()', 'o.T'),
      list.map((all) => `p@(${all})`),
      list.map((all) => `o.p@(${all})`),
      fc.tuple(e, list).map(([x, all]) => `(${x}).p@(${all})`),
      fc.tuple(e, list).map(([x, all]) => `(${x})?.p@(${all})`),
      fc.tuple(e, list, list).map(([x, a, b]) => `(${x})?.p@(${a}).p@(${b})`),
      fc.tuple(list, e).map(([all, x]) => `p@(${all === '' ? '' : `${all}, `}...[${x}])`),
      fc.tuple(e, e).map(([a, b]) => `p@(...(function* () { yield ${a}; yield ${b} })())`),
      fc.tuple(e, e).map(([a, b]) => `(${a} + ${b})`),
      fc.tuple(e, e).map(([a, b]) => `(${a} /* + */ * ${b})`),
      e.map((x) => `(-${x}, o)`),
      e.map((x) => `(${x}).T`),
      e.map((x) => `(${x})[0]`),
      list.map((all) => `(new C@(${all}), o)`),
      e.map((x) => `(new C@, ${x})`),
      list.map((all) => `q@(${all})()`),
      e.map((x) => `q@(1)(${x})`),
      fc.tuple(e, e).map(([a, b]) => `p@\`\${${a}}\${${b}}\``),
      e.map((x) => `(\`\${${x}}\`, o)`),
      fc.tuple(e, e).map(([a, b]) => `((x = ${a}, { y = ${b} } = {}) => p@(x, y))()`),
      e.map((x) => `((h) => h.g.p@())({ get g() { return ${x} } })`),
      fc.tuple(e, e).map(([a, b]) => `(() => { const l = [${a}]; l[2 * 0] += ${b}; return l[0] })()`),
      fc.tuple(e, e).map(([a, b]) => `({ get g() { return ${a} } }).g.p@(${b})`),
      fc
        .tuple(e, e)
        .map(
          ([a, b]) =>
            `new (class { #w = ${a}; get w() { return p@(this.#w) } m() { return this.w.p@() + ${b} } })().m()`,
        ),
      fc.tuple(e, e, e).map(([a, b, c]) => `(${a} < ${b} ? ${c} : o)`),
      fc.tuple(e, e).map(([a, b]) => `[${a}].map((x) => p@(x) + ${b})[0]`),
      fc.tuple(e, e).map(([a, b]) => `(() => { const [u = ${a}] = ${b}; return u })()`),
      fc.tuple(e, e).map(([a, b]) => `(() => { let u = ${a}; u += ${b}; return u })()`),
      e.map((x) => `(() => { for (const u of [1]) return ${x} })()`),
      e.map((x) => `(() => { try { throw p@() } catch { return ${x} } })()`),
    ),
  }
})

const program = fc
  .array(expression, { minLength: 1, maxLength: 3 })
  .map((parts) => {
    let count = 0
    return parts.join('\n;').replaceAll('@', () => String(count++))
  })
  .filter((text) => !new RegExp(`\\b[pqC]${most}\\b`).test(text))

test('whatever is called, its own place was announced before', () => {
  let calls = 0
  fc.assert(
    fc.property(program, (text) => {
      for (const { called, announced } of callsOf(text)) {
        expect(announced, text).toBe(called)
        calls++
      }
    }),
    { numRuns: 1500 },
  )
  console.log(`positions: ${calls} calls were looked at`)
})

test('also after waiting, in generators and after exceptions', async () => {
  const seen: string[] = []
  const bench: Bench = new Bench({
    note: (name: string) => seen.push(`${name} ${source.slice(bench.offset, bench.offset + 6 + name.length)}`),
    later: () => Promise.resolve(1),
  })
  const source = `
const wait = async (name) => {
  await later()
  note('a' + 1)
  return name
}
function* each() { note('b'); yield 1; note('c') }
const all = await Promise.all([wait('x'), wait('y')])
note('d'); note(await wait('e'))
for (const one of each()) note('f')
try { note(missing()) } catch { note('g') }
note?.('h')`
  await bench.run(source)
  expect(seen).toEqual(
    [
      "a1 note('a'",
      "a1 note('a'",
      "d note('d'",
      "a1 note('a'",
      'e note(aw',
      "b note('b'",
      "f note('f'",
      "c note('c'",
      "g note('g'",
      'h note?.(',
    ].map((text) => expect.stringContaining(text.slice(0, 8))),
  )
})

test('links of an optional chain end early all the same', () => {
  const bench = new Bench()
  expect(bench.run('const a = null; [a?.b().c(), a?.b?.().c, a?.(), a?.b.T, a?.[0].c(1).d()]')).toEqual(
    Array(5).fill(undefined),
  )
  expect(
    bench.run('const o = { n: 2, f() { return { g: () => this.n } } }; [o?.f().g(), o.f?.().g(), (o?.f)().g()]'),
  ).toEqual([2, 2, 2])
})
