import vm from 'node:vm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Bench } from './cell-bench.ts'

/** Values that plain programs compute with; none of them is an array of the core. */
const value = fc.oneof(
  fc.constantFrom(
    '0',
    '1',
    '-1',
    '2',
    '0.5',
    '1e21',
    'NaN',
    'Infinity',
    '-0',
    '3n',
    '-2n',
    'true',
    'false',
    'null',
    'undefined',
  ),
  fc.constantFrom(
    "''",
    "'a'",
    "'12'",
    '`t${1}`',
    '[]',
    '[1, 2]',
    "['k']",
    '({})',
    '({ valueOf: () => 7 })',
    '(() => 1)',
    'Symbol.iterator',
  ),
)
const name = fc.constantFrom('a', 'b', 'c', 'o.p', 'o.q.r', 'list[0]', "o['p']", 'list[i]')
const target = fc.constantFrom('a', 'b', 'o.p', 'o.q.r', 'list[0]', 'list[i]', "o['s']", 'bump().p', 'list[(i = 1)]')
const binary = fc.constantFrom(
  '+',
  '-',
  '*',
  '/',
  '%',
  '**',
  '==',
  '!=',
  '===',
  '<',
  '<=',
  '>',
  '>=',
  '&',
  '|',
  '^',
  '<<',
  '>>',
  '>>>',
  '&&',
  '||',
  '??',
  'in',
)
const assignment = fc.constantFrom(
  '=',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '**=',
  '<<=',
  '>>=',
  '>>>=',
  '&=',
  '|=',
  '^=',
  '&&=',
  '||=',
  '??=',
)

const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    value,
    name,
    fc.tuple(tie('expression'), binary, tie('expression')).map(([l, op, r]) => `((${l}) ${op} (${r}))`),
    fc
      .tuple(fc.constantFrom('-', '+', '~', '!', 'typeof ', 'void '), tie('expression'))
      .map(([op, e]) => `(${op}(${e}))`),
    fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc.tuple(target, assignment, tie('expression')).map(([t, op, e]) => `(${t} ${op} ${e})`),
    fc
      .tuple(target, fc.constantFrom('++', '--'), fc.boolean())
      .map(([t, op, prefix]) => (prefix ? `(${op}${t})` : `(${t}${op})`)),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a}, ${b})`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a})?.[${b}]`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `[${a}, ...[${b}]]`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `((x, y = ${b}) => x + y)(${a})`),
    tie('expression').map((e) => `({ a, [String(1)]: ${e}, get g() { return ${e} } }).g`),
    tie('expression').map((e) => `(function () { try { return ${e} } finally { c = 1 } })()`),
    tie('expression').map((e) => `\`<\${${e}}>\``),
    tie('expression').map((e) => `new (class { #x = ${e}; get() { return this.#x } })().get()`),
    tie('expression').map((e) => `(delete list[0], ${e})`),
  ),
}))

const statement = fc.oneof(
  expression.map((e) => `log(${e})`),
  expression.map((e) => `if (${e}) { log('yes') } else log('no')`),
  expression.map((e) => `for (let k = 0; k < 3; k++) { if (k == 1) continue\n log(k, ${e}) }`),
  expression.map((e) => `for (const v of [a, ${e}]) log(v)`),
  expression.map((e) => `for (const k in { a: 1, b: 2 }) log(k + ${e})`),
  expression.map((e) => `{ let n = 0; while (n < 2 && !(${e})) { n++ } log(n) }`),
  expression.map((e) => `switch (${e}) { case 1: log(1); break\n case 'a': log(2)\n default: log(3) }`),
  expression.map((e) => `{ const { p, ...rest } = { p: ${e}, z: 1 }; log(p, rest) }`),
  expression.map((e) => `try { throw ${e} } catch (error) { log(error) }`),
  expression.map((e) => `;[a, o.p, list[i]] = [${e}, 2, 3]`),
  expression.map((e) => `log((function* () { yield ${e}\n yield 2 })().next().value)`),
)
const program = fc.array(statement, { minLength: 1, maxLength: 4 }).map((statements) => statements.join('\n'))

/** What the program logged, and what it left behind or threw, as comparable text. */
const prelude = `
const logged = []
const show = (v) => typeof v === 'bigint' ? v + 'n' : typeof v === 'function' ? 'function ' + v.name : typeof v === 'symbol' ? String(v)
  : Object.is(v, -0) ? '-0' : v instanceof Error ? v.name : typeof v === 'object' && v !== null ? '{' + Object.keys(v).map((k) => k + ':' + show(v[k])).join() + '}' : typeof v + ' ' + v
const log = (...values) => { logged.push(values.map(show).join(' ')) }
let a = 1, b = 'b', c = 2, i = 0, o = { p: 3, q: { r: 4 } }, list = [5, 6]
const bump = () => { i = 1; return o }
let failed = ''
try {
`
const postlude = `
} catch (error) { failed = show(error) }
`
const result = '[...logged, show([a, b, c, i, o, list]), failed]'

/** The same program as JavaScript runs it. */
function natively(body: string): unknown {
  return vm.runInThisContext(`(function () { 'use strict'; ${prelude}${body}${postlude}\nreturn ${result} })()`)
}

test('programs on plain values do what they do in JavaScript', () => {
  fc.assert(
    fc.property(program, (body) => {
      let expected: unknown
      try {
        expected = natively(body)
      } catch (error) {
        // What JavaScript does not parse says nothing about running it.
        fc.pre(!(error instanceof SyntaxError))
        throw error
      }
      expect(new Bench().run(`${prelude}${body}${postlude}\n${result}`)).toEqual(expected)
    }),
    { numRuns: 400 },
  )
})

test.each([
  'let s = 0\nfor (let i = 0; i < 5; i++) s += i\nlog(s)',
  'outer: for (const x of [1, 2]) { for (const y of [1, 2]) { if (y == 2) continue outer\n log(x, y) } }',
  'const fs = []\nfor (let k = 0; k < 3; k++) fs.push(() => k)\nlog(...fs.map((f) => f()))',
  'class P { #v = 1; static n = 2; static { this.m = P.n + 1 } get v() { return this.#v } has(o) { return #v in o } }\nlog(new P().v, P.m, new P().has({}))',
  'class Q extends (class { hi() { return "hi" } }) { hi() { return super.hi() + super["hi"]() } }\nlog(new Q().hi())',
  'const tag = (s, ...v) => s.raw.join("|") + v\nlog(tag`a${1 + 1}b${-c}`)',
  'const f = ({ a: [x] = [9], ...r } = {}, ...more) => [x, r, more]\nlog(f(), f({ a: [1], z: 2 }, 3))',
  'log(typeof missing, typeof a, o?.q?.r, o?.x?.y.z, o.m?.(), list?.[1], (() => {})?.())',
  'function fact(n) { return n <= 1 ? 1 : n * fact(n - 1) }\nlog(fact(5), fact.name, fact.length)',
  'const [p = 1, , q = p + 1, ...rest] = [undefined, 2, undefined, 4, 5]\nlog(p, q, rest)',
  'var v = 1\n{ var v = 2 }\nlog(v)',
  'do c++; while (c < 5)\nlog(c)',
  'if (a) log(1)\nelse log(2)\nfor (;;) break\nlog(3)',
  'const g = function* () { const x = yield 1\n yield x + 1 }\nconst it = g()\nlog(it.next().value, it.next(5).value)',
  'let x = 5\nlog(x++ + ++x, x--, -x, +x, ~x, x ** 2 ** 0.5)',
  'log([1, 2, 3].map((n) => n * 2).reduce((s, n) => s + n, 0))',
  'const y = { get z() { return 1 }, set z(v) { log(v) }, ["k" + 1]: 2, m() { return this.z } }\ny.z = 3\nlog(y.m(), y.k1)',
  'a = b\n;[c] = [a]\nlog(a, c)',
  'const log2 = log\nlog2(1)',
  'switch (c) { case 1: { let t = 1; log(t) } case 2: const u = 2; log(u) }',
  'try { try { null.x } finally { log("f") } } catch ({ name }) { log(name) }',
])('%s', (body) => {
  expect(new Bench().run(`${prelude}${body}${postlude}\n${result}`)).toEqual(natively(body))
})
