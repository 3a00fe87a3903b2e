import { describe, expect, test } from 'vitest'
import { parseLesson } from '../../../electron/host/lessons/parse-lesson.ts'

const head = ['---', 'id: T1', 'title: A lesson', 'lead: About something.', 'stream: intro', 'minutes: 10', '---']
const parse = (...body: readonly string[]) => parseLesson([...head, ...body].join('\n'), 'T1/lesson.md', '/lessons/T1')
/** The first line of the body. */
const bodyLine = head.length + 1

const prediction = [
  ':::exercise id=T1.1 kind=predict title="Guess"',
  'How many?',
  '```options',
  '- [ ] one :: Too few.',
  '- [x] two',
  '```',
  ':::hint',
  'Count.',
  ':::',
  ':::',
]
const written = [
  ':::exercise id=T1.2 kind=write title="Write it"',
  'Write `f`.',
  '```ts starter',
  'const f = null',
  '```',
  '```ts check',
  'expect("is 2", f === 2)',
  '```',
  '```ts solution',
  'const f = 2',
  '```',
  ':::explain',
  'Two it is.',
  ':::',
  ':::',
]

describe('a lesson without mistakes', () => {
  const { lesson, problems } = parse(
    'Text.',
    '',
    '```ts cell id=first figure=graph',
    '1 + 1',
    '```',
    ...prediction,
    ...written,
  )

  test('has no problems and its blocks in reading order', () => {
    expect(problems).toEqual([])
    expect(lesson?.lesson.blocks.map((block) => block.kind)).toEqual(['prose', 'cell', 'exercise', 'exercise'])
    expect(lesson?.lesson.blocks[1]).toEqual({ kind: 'cell', id: 'first', source: '1 + 1', figure: 'graph' })
  })

  test('names its exercises in the summary', () => {
    expect(lesson?.summary).toEqual({
      id: 'T1',
      title: 'A lesson',
      lead: 'About something.',
      stream: 'intro',
      level: null,
      minutes: 10,
      requires: [],
      exerciseIds: ['T1.1', 'T1.2'],
    })
  })

  test('keeps answers, checks, hints and solutions out of what the renderer gets', () => {
    const shown = JSON.stringify(lesson?.lesson)
    for (const secret of ['Too few', 'is 2', 'const f = 2', 'Two it is', 'Count.', 'right']) {
      expect(shown).not.toContain(secret)
    }
    expect(lesson?.exercises.get('T1.1')?.hints).toEqual(['<p>Count.</p>\n'])
    expect(lesson?.exercises.get('T1.2')).toMatchObject({
      answer: { kind: 'code', starter: 'const f = null', check: 'expect("is 2", f === 2)' },
      solution: { source: 'const f = 2', html: '<p>Two it is.</p>\n' },
    })
  })

  test('knows the right option and the feedback for the others', () => {
    const answer = lesson?.exercises.get('T1.1')?.answer
    expect(answer).toEqual({ kind: 'option', rightId: 'option-2', feedback: new Map([['option-1', 'Too few.']]) })
    expect(lesson?.exercises.get('T1.1')?.solution?.html).toContain('two')
  })

  test('reads the same with Windows line ends and a byte-order mark', () => {
    const source = [...head, 'Text.', ...written].join('\n')
    const windows = parseLesson(`\uFEFF${source.replaceAll('\n', '\r\n')}`, 'T1/lesson.md', '/lessons/T1')
    expect(windows).toEqual(parseLesson(source, 'T1/lesson.md', '/lessons/T1'))
  })

  test('leaves ordinary code blocks in the prose', () => {
    const { lesson: withCode } = parse('```ts', 'const a = 1', '```', '', '```python', 'a = 1', '```')
    expect(withCode?.lesson.blocks).toHaveLength(1)
    expect(withCode?.lesson.blocks[0]).toMatchObject({ html: expect.stringContaining('const a = 1') })
  })
})

describe('what an author writes cannot become markup', () => {
  test.each([
    ['a script', '<script>alert(1)</script>', '<script'],
    ['an event handler', '<b onclick="x()">bold</b>', '<b '],
    ['an image', '![tracker](https://example.org/a.png)', '<img'],
    ['a script link', '[go](javascript:alert(1))', 'href="javascript:'],
    ['markup in a formula', '$\\href{javascript:alert(1)}{x}$', 'href='],
  ])('%s', (_, text, forbidden) => {
    const [block] = parse(text).lesson?.lesson.blocks ?? []
    expect(block?.kind === 'prose' ? block.html : forbidden).not.toContain(forbidden)
  })

  test('titles are handed on as text', () => {
    const { lesson } = parse(...prediction.with(0, ':::exercise id=T1.1 kind=predict title="<i>Guess</i>"'))
    const [block] = lesson?.lesson.blocks ?? []
    expect(block?.kind === 'exercise' && block.exercise.title).toBe('<i>Guess</i>')
  })
})

describe('mathematics', () => {
  const html = (text: string): string => {
    const [block] = parse(text).lesson?.lesson.blocks ?? []
    return block?.kind === 'prose' ? block.html : ''
  }

  test('is MathML, in a line and on its own', () => {
    expect(html('A root $\\sqrt{x}$ here.')).toMatch(/<math[^>]*>.*<msqrt>/)
    expect(html('$$\nx^2\n$$')).toMatch(/<math[^>]*display="block"/)
  })

  test('names of functions stand apart from what they are applied to', () => {
    const space = '<mspace width="0.1667em"></mspace>'
    expect(html('$x\\sin y$')).toContain(`<mi>x</mi>${space}<mi>sin</mi><mo>\u2061</mo>${space}<mi>y</mi>`)
    expect(html('$\\log(1)$')).toContain('<mi>log</mi><mo>\u2061</mo><mo stretchy="false">(</mo>')
  })

  test('prices and code are no formulas', () => {
    expect(html('It costs $5 or $6.')).not.toContain('<math')
    expect(html('Write `$x$`.')).not.toContain('<math')
    expect(html('An escaped \\$x$ sign.')).not.toContain('<math')
  })

  test('reports a formula that cannot be typeset, and shows its source', () => {
    const { problems, lesson } = parse('Fine.', '', ':::hint', ':::', '', '$\\frac{1}{$')
    expect(problems).toHaveLength(2)
    expect(problems[1]).toContain(`T1/lesson.md:${bodyLine + 5}: cannot typeset`)
    expect(JSON.stringify(lesson?.lesson.blocks)).toContain('<code>')
  })
})

describe('mistakes are reported with their line', () => {
  const solved = (...lines: readonly string[]): readonly string[] => parse(...lines).problems

  test.each<[string, readonly string[], number, string]>([
    [
      'an exercise without check',
      written.filter((_, at) => at < 5 || at > 7),
      0,
      'needs one of check, options and order',
    ],
    ['two right options', prediction.with(3, '- [x] one'), 2, 'exactly one option is right: 2 are marked'],
    ['no right option', prediction.with(4, '- [ ] two :: No.'), 2, 'exactly one option is right: 0 are marked'],
    ['a wrong option without feedback', prediction.with(3, '- [ ] one'), 3, 'a wrong option needs feedback'],
    ['a line that is no option', prediction.with(3, 'one'), 3, 'expected "- [x] right answer"'],
    ['a check that cannot fail', written.with(6, 'print(f)'), 5, 'passes whatever the answer'],
    ['an unknown kind', written.with(0, ':::exercise id=T1.2 kind=quiz title="Q"'), 0, 'kind= must be one of'],
    ['a missing title', written.with(0, ':::exercise id=T1.2 kind=write'), 0, 'needs a title='],
    ['an id that the protocol refuses', written.with(0, ':::exercise id=.. kind=write title="Q"'), 0, 'needs an id='],
    ['an exercise that is never closed', written.slice(0, -1), 0, ':::exercise is never closed'],
    ['a fence that is never closed', ['```ts cell id=a', '1'], 0, 'this fenced block is never closed'],
    ['a stray end', ['Text.', ':::'], 1, 'closes nothing'],
    ['an unknown container', [':::note', 'Hello.', ':::'], 0, ':::note is not known here'],
    ['an unknown fence', ['```ts sell id=a', '1', '```'], 0, '"ts sell" is none of'],
    ['a solution outside an exercise', ['```ts solution', '1', '```'], 0, 'belongs inside an :::exercise'],
    ['a cell without id', ['```ts cell', '1', '```'], 0, 'a cell needs an id='],
    ['an unknown figure', ['```ts cell id=a figure=pie', '1', '```'], 0, 'figure= must be one of'],
    ['an attribute that cannot be read', ['```ts cell id=a graph', '1', '```'], 0, 'cannot read "graph"'],
  ])('%s', (_, lines, offset, message) => {
    expect(solved(...lines)).toContainEqual(expect.stringMatching(new RegExp(`^T1/lesson\\.md:${bodyLine + offset}: `)))
    expect(solved(...lines).join('\n')).toContain(message)
  })

  test.each<[string, readonly string[], number, string]>([
    ['a cell in a list', ['- one', '  ```ts cell id=a', '  1', '  ```'], 1, '"cell" cannot stand inside a list'],
    ['a cell in a quotation', ['> ```ts cell id=a', '> 1', '> ```'], 0, '"cell" cannot stand inside a list'],
    ['a container without a name', ['Text.', '::: !x', ':::'], 1, 'after ::: stands the name of a container'],
    [
      'an item that is no option',
      [...prediction.slice(0, 5), '- ', ...prediction.slice(5)],
      5,
      'expected "- [x] right',
    ],
    ['options that are numbered', prediction.with(3, '1. [ ] one :: No.'), 3, 'expected "- [x] right answer"'],
    ['a list within an option', prediction.with(4, '- [x] two\n  - three'), 5, 'expected "- [x] right answer"'],
    ['a formula, on the line on which it begins', ['One', 'two $x$', '$$', '\\frac', '$$'], 2, 'cannot typeset'],
    ['attributes without end', [`\`\`\`ts cell id=a ${'a="'.repeat(400)}`, '1', '```'], 0, 'characters of attributes'],
    [
      'an order that is too long',
      [
        ':::exercise id=T1.3 kind=order title="Sort"',
        '```order',
        ...Array.from({ length: 31 }, (_, at) => `line ${at}`),
        '```',
        ':::',
      ],
      1,
      'an order of 31 lines is too long',
    ],
    ['containers within containers', Array.from({ length: 5 }, () => ':::note'), 3, 'nested more than 3 deep'],
    ['quotations within quotations', [`${'> '.repeat(40)}deep`], 0, 'nested over 15 deep'],
  ])('%s', (_, lines, offset, message) => {
    expect(solved(...lines)).toContainEqual(expect.stringMatching(new RegExp(`^T1/lesson\\.md:${bodyLine + offset}: `)))
    expect(solved(...lines).join('\n')).toContain(message)
  })

  test('a hundred mistakes show the first fifty, or the first five, and the number of the others', () => {
    const { lesson, problems } = parse(...Array.from({ length: 100 }, () => ':::'))
    expect(lesson?.lesson.problems).toHaveLength(51)
    expect(lesson?.lesson.problems.at(-1)).toBe('T1/lesson.md: and 50 more problems')
    expect(problems).toHaveLength(6)
    expect(problems.at(-1)).toBe('T1/lesson.md: and 95 more problems')
  })

  test('more cells than a page can show', () => {
    const { lesson, problems } = parse(
      ...Array.from({ length: 301 }, (_, at) => [`\`\`\`ts cell id=c${at}`, '1', '```']).flat(),
    )
    expect(lesson?.lesson.blocks).toHaveLength(300)
    expect(problems).toEqual([`T1/lesson.md:${bodyLine + 900}: a lesson has at most 300 cells and exercises`])
  })

  test('an id used twice, among cells and exercises alike', () => {
    const { problems, lesson } = parse('```ts cell id=T1.1', '1', '```', ...prediction)
    expect(problems).toEqual([`T1/lesson.md:${bodyLine + 3}: the id T1.1 is taken by line ${bodyLine}`])
    expect(lesson?.exercises.size).toBe(0)
  })

  test('all of them at once, in the order of their lines', () => {
    const { problems } = parse('```ts cell', '1', '```', '', ':::note', ':::', '', ...prediction.with(3, '- [x] one'))
    expect(problems.map((problem) => Number(problem.split(':')[1]) - bodyLine)).toEqual([0, 4, 9])
  })

  test('a mistake leaves the rest of the lesson readable', () => {
    const { lesson } = parse(...prediction.with(3, '- [x] one'), 'Afterwards.', ...written)
    expect(lesson?.lesson.blocks.map((block) => block.kind)).toEqual(['prose', 'exercise'])
    expect(lesson?.lesson.problems).toHaveLength(1)
  })
})

describe('front matter', () => {
  const withHead = (...lines: readonly string[]) =>
    parseLesson(['---', ...lines, '---', 'Text.'].join('\n'), 'x/lesson.md', '/x')
  const good = head.slice(1, -1)

  test.each<[string, readonly string[], string]>([
    ['a missing field', good.filter((line) => !line.startsWith('title')), 'x/lesson.md:1: "title" is missing'],
    ['an unknown stream', good.with(3, 'stream: magic'), 'x/lesson.md:5: "stream" must be one of'],
    ['a field that does not exist', [...good, 'author: me'], 'x/lesson.md:7: "author" is not a field'],
    ['a duration that is no number', good.with(4, 'minutes: soon'), 'x/lesson.md:6: "minutes" must be a number'],
    ['an id with a path in it', good.with(0, 'id: ../x'), 'x/lesson.md:2: "id" must be letters'],
    [
      'a title that turns text around',
      good.with(1, 'title: "live \\u202e evil"'),
      'x/lesson.md:3: "title" must not hold control',
    ],
    [
      'a title with a control character',
      good.with(1, 'title: "live \\e[31m"'),
      'x/lesson.md:3: "title" must not hold control',
    ],
    ['broken YAML', good.with(1, 'title: "open'), 'x/lesson.md:'],
    ['a list instead of fields', ['- a', '- b'], 'x/lesson.md:'],
    ['an alias', good.with(2, 'lead: *Goals*'), 'x/lesson.md:4: a text that starts with *'],
    ['an anchor', good.with(2, 'lead: &Goals'), 'x/lesson.md:4: a text that starts with &'],
    ['a tag', good.with(2, 'lead: !Goals'), 'x/lesson.md:4: a text that starts with !'],
    ['a bomb of aliases', [...good, 'a: &a [x, x]', 'b: [*a, *a]'], 'x/lesson.md:8: a text that starts with *'],
    ['brackets without end', good.with(2, `lead: ${'['.repeat(5000)}`), 'x/lesson.md:'],
    ['too many fields', Array.from({ length: 20_000 }, (_, at) => `k${at}: 1`), 'x/lesson.md:1: no --- line ends'],
    ['a field without end', good.with(2, `lead: ${'a'.repeat(7000)}`), 'x/lesson.md:1: the front matter is 7'],
    ['nothing at all', [], 'x/lesson.md:1: "id" is missing'],
  ])('%s', (_, lines, problem) => {
    const result = withHead(...lines)
    expect(result.lesson).toBeNull()
    expect(result.problems.join('\n')).toContain(problem)
  })

  test('a file without any', () => {
    expect(parseLesson('# Hello', 'x/lesson.md', '/x').problems).toEqual([
      'x/lesson.md:1: a lesson starts with front matter between two --- lines',
    ])
  })
})
