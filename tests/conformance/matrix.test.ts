import { describe, expect, it } from 'vitest'
import { readParts } from './matrix-parts.ts'
import { primitiveNames } from './registered.ts'
import { shards } from './shards.ts'

const { found, matrix } = readParts()

describe('the matrix of primitives and transformations', () => {
  it('has no empty cell that JAX fills', () => {
    expect(found, 'run it together with the values: --project conformance --project matrix').toEqual(shards.map(String))
    console.log(`\nruns that agree with JAX\n\n${matrix.format(primitiveNames)}\n`)
    expect(matrix.holes(primitiveNames)).toEqual([])
  })
})
