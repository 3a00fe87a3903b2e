import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for one test, removed when it is disposed. */
export class TestFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'lab-test-'))

  write(name: string, text: string): string {
    const path = join(this.path, name)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, text)
    return path
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** A small lesson with a cell and an exercise of each way to answer. */
export const lessonText = `---
id: T1
title: A lesson
lead: For tests.
stream: intro
level: beginner
minutes: 5
order: 1
requires: []
---

Some prose.

\`\`\`ts cell id=first
const x = 1
\`\`\`

:::exercise id=T1.1 kind=write title="Double"
Write double.

\`\`\`ts starter
const double = (x) => x
\`\`\`

\`\`\`ts check
expect('doubles', double(2) === 4, 'double(2) should be 4')
\`\`\`

\`\`\`ts solution
const double = (x) => x * 2
\`\`\`

:::hint
Think of two.
:::
:::

:::exercise id=T1.2 kind=predict title="Predict"
What is it?

\`\`\`options
- [ ] three :: Too many.
- [x] two
\`\`\`
:::
`
