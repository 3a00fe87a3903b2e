import { afterAll, describe, expect, it } from 'vitest'
import { JaxArray } from '../../core/tracing/array.ts'
import { hostValueOf } from '../../core/tracing/host-value.ts'
import { type Case, loadCases } from './cases.ts'
import { difference, toleranceOf } from './compare.ts'
import { api, apply, compile, configured } from './core-scope.ts'
import { Matrix, primitivesOf } from './matrix.ts'
import { writePart } from './matrix-parts.ts'
import { type Shard, tablesOf } from './shards.ts'
import { Program, columnOfRun, differentiating } from './transforms.ts'
import { type Leaf, type VectorRecord, decode, expectedLeaves, loadVectors } from './vectors.ts'

const matrix = new Matrix()
const weakTypesChecked = ['eval', 'jit', 'vmap', 'scan']

/** The results as the vectors hold them: leaves in order, keys as their words. */
function leavesOf(result: unknown): Leaf[] {
  const leaves = api('tree.leaves')(result)
  if (!Array.isArray(leaves)) throw new TypeError('tree.leaves gave no array')
  return leaves.map((leaf) => {
    const array: unknown = leaf instanceof JaxArray ? leaf : api('jnp.asarray')(leaf)
    if (!(array instanceof JaxArray)) throw new TypeError(`not an array: ${String(leaf)}`)
    const words: unknown = array.dtype === 'key<fry>' ? api('random.keyData')(array) : array
    const host = words instanceof JaxArray ? hostValueOf(words) : null
    if (host === null) throw new TypeError(`no numbers in ${String(leaf)}`)
    return { ...host, weak: array.weakType }
  })
}

function check(testCase: Case, record: VectorRecord, name: string): void {
  const expected = expectedLeaves(record, name)
  if (expected === null) throw new Error('JAX has no value here')
  const got = leavesOf(new Program(compile(testCase.js), record).run(name))
  expect(got.length, 'number of leaves').toBe(expected.length)
  const column = columnOfRun[name]
  const bound = toleranceOf(testCase.tol, differentiating.includes(column))
  const truth = record.truth[name]?.map(decode) ?? []
  for (const [i, leaf] of got.entries()) {
    const problem = difference(leaf, expected[i], bound, truth[i])
    if (problem !== null) expect.fail(`result ${i}: ${problem}`)
    if (weakTypesChecked.includes(name)) expect(leaf.weak, `result ${i} is weakly typed`).toBe(expected[i].weak)
  }
}

/** The primitives of the case's program as the core traces it. */
function ownPrimitives(testCase: Case, record: VectorRecord): Set<string> {
  const program = new Program(compile(testCase.js), record)
  return primitivesOf(apply(api('makeJaxpr')(program.mappedCall), program.mappedOf(program.args)))
}

/** Declares the tests of the tables of one shard: every case with values, in every run that JAX has a value for. */
export function declareValues(shard: Shard): void {
  for (const category of tablesOf(shard)) {
    const cases = loadCases(category).filter(({ kind }) => kind === 'values')
    if (cases.length === 0) continue
    const vectors = loadVectors(category)
    describe(category, () => {
      for (const testCase of cases) {
        const record = vectors.get(testCase.id)
        if (record === undefined) {
          it(`${testCase.id} has vectors`, () => expect.fail('run tests/conformance/regenerate.sh'))
          continue
        }
        describe(testCase.id, () => declareRuns(testCase, record))
      }
    })
  }
  afterAll(() => writePart(shard, matrix))
}

function declareRuns(testCase: Case, record: VectorRecord): void {
  let own: Set<string> | undefined
  const traceable = record.runs.jit !== undefined
  const runs = Object.keys(record.runs).filter((name) => expectedLeaves(record, name) !== null)
  for (const name of runs) {
    it(name, () => {
      expect(record.py, 'the vectors were made from another source').toBe(testCase.py)
      const column = columnOfRun[name]
      configured(testCase.config, () => {
        own ??= traceable ? ownPrimitives(testCase, record) : new Set()
        matrix.expect([...record.primitives, ...own], column)
        check(testCase, record, name)
      })
      matrix.pass(own ?? [], column)
    })
  }
}
