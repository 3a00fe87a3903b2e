import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'

type Pattern = (size: number) => string

const repeated =
  (text: string): Pattern =>
  (size) =>
    text.repeat(Math.ceil(size / text.length))
const numbered =
  (text: (at: number) => string, length: number): Pattern =>
  (size) =>
    Array.from({ length: Math.ceil(size / length) }, (_, at) => text(at)).join('')

/** Texts that take parsers long, deep or wide, by the number of characters. */
const bodies: readonly Pattern[] = [
  ...[
    ':::x\n',
    ':::\n',
    '::: !x\n',
    ':::exercise id=a kind=write title="t"\n',
    '```ts cell\n',
    '```\n~~~\n',
    '`',
    '```options\n',
    '- [x] a\n',
    '- [ ] a :: ',
    '[',
    '![',
    '[a](',
    '[a]: ',
    '[a][',
    '*',
    '*a ',
    '**_a ',
    'a* ',
    '_',
    '~~a ',
    '<',
    '<a ',
    '<!--',
    '&',
    '&#',
    '<http://a',
    '$',
    '$a ',
    '$$ \\$',
    '$x$ ',
    '$\\frac{1}{',
    '$\\def\\a{\\a\\a}\\a$\n\n',
    '>',
    '> a\n',
    '> > > a\nb\n',
    '- ',
    '- a\n',
    '1. a\n\n',
    '|',
    'a|b\n-|-\n',
    '# a\n',
    'a\n=\n',
    '\t',
    '\n',
    '\\',
    '\0',
    '\r',
    '\u2028',
    '\ud800',
    'expect  ',
    '<script>alert(1)</script>\n',
    '[x](javascript:alert(1)) ',
    '<img src=x onerror=alert(1)>\n',
  ].map(repeated),
  (size) => `:::${' '.repeat(size)}!x`,
  (size) => `\`\`\`${' '.repeat(size)}\``,
  (size) =>
    `:::exercise id=p kind=predict title=t\n\`\`\`options\n- [x] a${' '.repeat(size)}b\n- [ ] c :: d\n\`\`\`\n:::`,
  (size) => `\`\`\`ts cell id=a ${'a="'.repeat(size / 3)}\n1\n\`\`\``,
  (size) => `:::exercise id=o kind=order title=t\n\`\`\`order by=names\n${'a = b\n'.repeat(size / 6)}\`\`\`\n:::`,
  numbered((at) => `${' '.repeat(at * 2)}- a\n`, 60),
  numbered((at) => `${'`'.repeat(at + 1)} `, 40),
  numbered((at) => `[x${at}]: y\n`, 12),
  numbered((at) => `\`\`\`ts cell id=c${at}\nx\n\`\`\`\n`, 25),
]

const fields: readonly Pattern[] = [
  () => 'lead: *Goals*',
  () => 'lead: &Goals text',
  () => 'lead: !Goals text',
  () => 'lead: "open',
  () => 'lead: {a: {b: [c]}}',
  () => 'a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nlead: *c',
  () => '<<: *x',
  () => '? a\n: b',
  () => '%YAML 9.9',
  () => '...\n--- x',
  () => 'minutes: 1e400',
  () => 'order: .nan',
  () => 'requires: [__proto__, constructor]',
  () => '__proto__: {id: x}',
  (size) => `lead: ${'['.repeat(size)}`,
  (size) => `lead: ${'a'.repeat(size)}`,
  numbered((at) => `k${at}: 1\n`, 8),
  repeated('- a\n'),
  repeated('\t- a: b\n'),
]

/** The text of a lesson that could do harm, and sometimes one in good order. */
export const hostileLesson: fc.Arbitrary<(id: string) => string> = fc
  .record({
    badHead: fc.option(fc.constantFrom(...fields), { freq: 3 }),
    parts: fc.array(fc.constantFrom(...bodies), { minLength: 1, maxLength: 4 }),
    noise: fc.string({ unit: 'binary', maxLength: 40 }),
    size: fc.integer({ min: 1, max: 8000 }),
  })
  .map(({ badHead, parts, noise, size }) => (id: string) => {
    const head = badHead === null ? 'lead: Text.' : badHead(size)
    const body = [noise, ...parts.map((part) => part(size))].join('\n\n')
    return lessonText(id, head, body)
  })

/** As large as a lesson may be: what takes quadratic time shows here. */
export const largestLessons: readonly ((id: string) => string)[] = bodies
  .slice(-9, -4)
  .map((body) => (id: string) => lessonText(id, 'lead: Text.', body(240_000)))

function lessonText(id: string, head: string, body: string): string {
  return `---\nid: ${id}\ntitle: A lesson\n${head}\nstream: intro\nminutes: 1\n---\n${body}`
}

/** What can stand in the place of a lesson's file without being one. */
export const noFiles: readonly ((path: string) => void)[] = [
  (path) => void execFileSync('mkfifo', [path]),
  (path) => void mkdirSync(path),
  (path) => symlinkSync(path, path),
  (path) => symlinkSync('/dev/zero', path),
  (path) => symlinkSync('/dev/random', path),
  (path) => symlinkSync('/proc/self/mem', path),
  (path) => symlinkSync('/', path),
  (path) => writeFileSync(path, 'x'.repeat(300_000)),
  (path) =>
    writeFileSync(
      path,
      Uint8Array.from({ length: 5000 }, (_, at) => (at * 7919) % 256),
    ),
  (path) => writeFileSync(path, ''),
]

/** Makes the folder of a lesson and lets `write` fill it. */
export function putLesson(root: string, name: string, write: (path: string) => void): void {
  mkdirSync(join(root, name))
  write(join(root, name, 'lesson.md'))
}
