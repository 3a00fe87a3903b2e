import fc from 'fast-check'

/** A place in a message that a raw text takes: values that `JSON.stringify` would never write can stand there. */
export const hole = '@hole@'

/** Puts a raw text where the hole is. */
export const filled = (text: string, raw: string): string => text.replace(`"${hole}"`, () => raw)

const deep = (open: string, close: string, depth: number): string => `${open.repeat(depth)}1${close.repeat(depth)}`

/** JSON that nobody writes who means well. */
const hostile = [
  'null',
  '[]',
  '{}',
  '""',
  '0',
  '-0',
  '1e308',
  '-1e400',
  '1e-400',
  '9007199254740993',
  'true',
  '{"toString":1}',
  '{"valueOf":1,"length":1e9}',
  '{"length":4294967295}',
  '{"then":1}',
  '{"__proto__":{"t":"q"}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  '["__proto__"]',
  '"__proto__"',
  '"constructor"',
  '"toString"',
  '"then"',
  '"$close"',
  '"\\u0000"',
  '"\\ud800"',
  '"../../etc/passwd"',
  '"CON"',
  deep('[', ']', 2000),
  deep('{"a":', '}', 2000),
  `"${'x'.repeat(5000)}"`,
  `[${'0,'.repeat(2000)}0]`,
]

/** Any text of JSON, often a hostile one. */
export const rawJson: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...hostile) },
  { weight: 2, arbitrary: fc.json({ maxDepth: 3 }) },
)
