import { describe, expect, it } from 'vitest'
import { higherOrderPrimitives } from '../../core/control/registry.ts'
import { allPrimitives } from '../../core/primitives/registry.ts'
import { categories, loadCases } from './cases.ts'
import { loadVectors } from './vectors.ts'

/** Primitives that no text of JAX can hold, with the reason. */
const withoutText: Readonly<Record<string, string>> = {
  custom_lin: 'lives only between the two halves of reverse mode',
  geqrf: 'JAX uses it only where it lowers qr',
  geqp3: 'JAX uses it only where it lowers qr with pivoting',
  random_gamma_grad: 'JAX writes it as a program of other primitives',
  empty2: 'JAX prints it in branches beside others that nothing reads; the records have it',
  platform_index: 'JAX prints it beside a cond that says which branch is whose',
  debug_callback: 'JAX prints the addresses of functions',
  debug_print: 'JAX prints options of NumPy too; the records have it without them',
  pure_callback: 'JAX prints the addresses of functions',
}

const texts = categories
  .filter((category) => loadCases(category).some(({ kind }) => kind === 'jaxprs'))
  .flatMap((category) => [...loadVectors(category).values()].map(({ text }) => text))

/** The names after the equals sign of every equation. */
const printed = new Set(texts.flatMap((text) => [...text.matchAll(/ = ([\w-]+)(?=[[ ])/g)].map(([, name]) => name)))

const names = [...allPrimitives, ...higherOrderPrimitives].map(({ name }) => name)

describe('jaxpr texts', () => {
  it('hold every primitive', () => {
    expect(names.filter((name) => !printed.has(name) && !Object.hasOwn(withoutText, name))).toEqual([])
  })

  it('hold no primitive that is said to be absent', () => {
    expect(Object.keys(withoutText).filter((name) => printed.has(name) || !names.includes(name))).toEqual([])
  })
})
