import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { coverage, mistakenReasons, namesUsed, spelling } from './coverage.ts'
import { coverageDocument } from './coverage-document.ts'

describe('the coverage of the public API', () => {
  it('is what docs/coverage.md says; npm run coverage:api writes it', () => {
    const written = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'coverage.md'), 'utf8')
    expect(written).toBe(coverageDocument())
  })

  it('gives reasons only for names that JAX has and the core has not', () => {
    expect(mistakenReasons()).toEqual([])
  })

  it('puts every name in exactly one place', () => {
    for (const { module, present, unproven, absent, outOfScope } of coverage()) {
      const all = [...present, ...unproven, ...absent, ...outOfScope.flatMap(({ names }) => names)]
      expect(new Set(all).size, module).toBe(all.length)
    }
  })

  it('finds the names that a source uses, and no others', () => {
    const used = namesUsed('x => jnp.linalg.det(jnp["abs"](x.sum())).add(grad(lax.sin)(x))')
    for (const name of ['numpy.linalg.det', 'lax.sin', 'grad']) expect(used).toContain(name)
    for (const name of ['numpy.abs', 'numpy.sum', 'numpy.add']) expect(used).not.toContain(name)
  })

  it('spells names as the core does', () => {
    const spelled = ['value_and_grad', 'atleast_1d', 'bool_', 'PRNGKey', 'log1p', 'bessel_i0e'].map(spelling)
    expect(spelled).toEqual(['valueAndGrad', 'atleast1d', 'bool_', 'PRNGKey', 'log1p', 'besselI0e'])
  })
})
