import { writeFileSync } from 'node:fs'
import type { Reporter, TestCase, TestModule } from 'vitest/node'
import type { Summary } from './verdict.mjs'

/** Writes the summary of the whole run as JSON to the file that `LAB_TEST_SUMMARY` names. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly { readonly message: string }[]): void {
    const path = process.env.LAB_TEST_SUMMARY
    if (path) writeFileSync(path, JSON.stringify(summaryOf(modules, unhandled)))
  }
}

function summaryOf(modules: readonly TestModule[], unhandled: readonly { readonly message: string }[]): Summary {
  let passed = 0
  const failed: string[] = []
  const skipped: { name: string; reason: string }[] = []
  const errors = unhandled.map(({ message }) => message)
  for (const module of modules) {
    for (const error of module.errors()) errors.push(`${module.relativeModuleId}: ${error.message}`)
    for (const suite of module.children.allSuites()) {
      for (const error of suite.errors())
        errors.push(`${module.relativeModuleId} > ${suite.fullName}: ${error.message}`)
    }
    for (const test of module.children.allTests()) {
      const result = test.result()
      if (result.state === 'passed') passed++
      else if (result.state === 'skipped')
        skipped.push({ name: nameOf(test), reason: result.note ?? 'no reason given' })
      else failed.push(nameOf(test))
    }
  }
  return { passed, failed, skipped, errors }
}

function nameOf(test: TestCase): string {
  return `${test.module.relativeModuleId} > ${test.fullName}`
}
