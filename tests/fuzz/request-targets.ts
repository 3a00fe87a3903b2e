import fc from 'fast-check'

const pieces = [
  '/',
  '//',
  '///',
  '\\',
  '..',
  '.',
  '%',
  '%00',
  '%2e%2e',
  '%2f',
  '%5c',
  '%zz',
  '%u002e',
  '[',
  ']',
  ':',
  '@',
  '?',
  '#',
  'http://',
  'http:',
  'https://',
  'file:///',
  'javascript:',
  'data:',
  '*',
  'index.html',
  'etc/passwd',
  'assets',
  '127.0.0.1',
  'localhost',
  'a:b',
  '[::1]',
  '%',
  '%ff',
  ' ',
  ';',
  '&',
  '=',
  '~',
  '|',
  '\t',
  '\u00e9',
  '\u{1f600}',
  '\0',
  '\r',
  '\u007f',
]

const method = fc.oneof(
  { weight: 8, arbitrary: fc.constant('GET') },
  { weight: 1, arbitrary: fc.constantFrom('HEAD', 'POST', 'OPTIONS', 'CONNECT', 'TRACE', 'PUT', 'get', 'G E T', '') },
)
const target = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom('/', '/', '/', ''), fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 4 }))
      .map(([slash, each]) => slash + each.join('')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }).map((text) => `/${text}`) },
  { weight: 1, arbitrary: fc.webUrl({ withQueryParameters: true, withFragments: true }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 40_000 }).map((length) => `/${'a'.repeat(length)}`) },
)
const host = fc.oneof(
  { weight: 6, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom('', 'evil.example', '127.0.0.1', 'localhost:1', '[', 'a b', '\u00e9') },
)

/** What can stand in the first line of a request, and in its `Host`; null is the right one. */
export const request = fc.record({ method, target, host })
export type HostileRequest = typeof request extends fc.Arbitrary<infer Request> ? Request : never
