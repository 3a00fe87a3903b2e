import { describe, expect, it } from 'vitest'
import { importProblem } from '../../build/one-way-imports.js'

describe('importProblem', () => {
  it.each([
    ['core/numpy/reductions.ts', 'core/lax/index.ts'],
    ['core/primitives/sin.ts', 'core/ir/aval.ts'],
    ['core/index.ts', 'core/api/grad.ts'],
    ['electron/kernel/kernel.ts', 'core/index.ts'],
    ['electron/kernel/kernel.ts', 'electron/protocol.ts'],
    ['electron/host/index.ts', 'electron/protocol.ts'],
    ['electron/main.ts', 'electron/host/index.ts'],
    ['renderer/app/lab.svelte.ts', 'electron/protocol.ts'],
    ['renderer/visuals/graph.ts', 'core/inspect/documents.ts'],
    ['build/bundles.ts', 'renderer/visuals/scene.ts'],
    ['tests/core/grad.test.ts', 'tests/core/close.ts'],
  ])('lets %s import %s', (from, to) => {
    expect(importProblem(from, to, false)).toBeNull()
  })

  it.each([
    ['core/ir/jaxpr.ts', 'core/primitives/sin.ts'],
    ['core/lax/index.ts', 'core/numpy/index.ts'],
    ['core/index.ts', 'electron/protocol.ts'],
    ['core/inspect/graph.ts', 'renderer/visuals/scene.ts'],
    ['electron/kernel/kernel.ts', 'electron/host/index.ts'],
    ['electron/host/index.ts', 'electron/main.ts'],
    ['electron/host/index.ts', 'core/index.ts'],
    ['electron/main.ts', 'renderer/main.ts'],
    ['electron/main.ts', 'build/project.mjs'],
    ['renderer/app/lab.svelte.ts', 'electron/host/index.ts'],
    ['renderer/visuals/graph.ts', 'core/index.ts'],
    ['core/index.ts', 'tests/core/close.ts'],
    ['core/elsewhere/a.ts', 'core/novelty/b.ts'],
  ])('stops %s from importing %s', (from, to) => {
    expect(importProblem(from, to, false)).toEqual(expect.any(String))
  })

  it('lets a type, and only a type, point up within core', () => {
    expect(importProblem('core/ir/jaxpr.ts', 'core/tracing/primitive.ts', true)).toBeNull()
    expect(importProblem('core/ir/jaxpr.ts', 'core/tracing/primitive.ts', false)).toMatch(/lies below/)
    expect(importProblem('core/ir/jaxpr.ts', 'electron/protocol.ts', true)).toMatch(/nothing outside/)
  })
})
