import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { coverageDocument } from './coverage-document.ts'

const docs = join(import.meta.dirname, '..', '..', 'docs')
mkdirSync(docs, { recursive: true })
writeFileSync(join(docs, 'coverage.md'), coverageDocument())
