import { expect, test } from 'vitest'
import { type ArrayLike, grad, inspect, jit, jnp, jvp, lax } from '../../../core/index.ts'

const f = (x: ArrayLike, y: ArrayLike) => jnp.add(jnp.multiply(x, jnp.sin(y)), jnp.cos(x))
const tape = inspect.tape(f, 0.5, 0.75)
const labelOf = (id: string) => tape.nodes.find((node) => node.id === id)?.label

test('the forward tape ends with what jvp gives', () => {
  const [, tangent] = jvp(f, [0.5, 0.75], [1, 1])
  expect(tape.forward.at(-1)?.tangent?.values[0]).toBe(jnp.asarray(tangent as ArrayLike).item())
  expect(tape.forward.map(({ node, tangent }) => [labelOf(node), tangent?.text])).toEqual([
    ['x', '1'],
    ['y', '1'],
    ['sin', '0.7317'],
    ['mul', '1.0475'],
    ['cos', '−0.4794'],
    ['add', '0.5681'],
  ])
})

test('the reverse tape ends with what grad gives', () => {
  const gradients = grad(f, { argnums: [0, 1] })(0.5, 0.75).map((g) => jnp.asarray(g).item())
  const back = tape.reverse.flatMap((step) => (step.phase === 'cotangent' ? [step] : []))
  const byNode = new Map(back.map((step) => [labelOf(step.node), step.cotangent?.values[0]]))
  expect([byNode.get('x'), byNode.get('y')]).toEqual(gradients)
})

test('cotangents that meet are added, in the order in which they come', () => {
  const toX = tape.reverse.flatMap((step) =>
    step.phase === 'cotangent' ? step.contributions.filter(({ to }) => labelOf(to) === 'x') : [],
  )
  expect(toX.map(({ value, sum }) => [value.text, sum.text])).toEqual([
    ['−0.4794', '−0.4794'],
    ['0.6816', '0.2022'],
  ])
})

test('every residual is kept once on the way out and freed once on the way back', () => {
  const kept = tape.reverse.flatMap((step) => (step.phase === 'primal' ? step.kept : []))
  const freed = tape.reverse.flatMap((step) => (step.phase === 'cotangent' ? step.freed : []))
  expect(kept.toSorted()).toEqual(tape.residuals.map(({ id }) => id).toSorted())
  expect(freed.toSorted()).toEqual(kept.toSorted())
  expect(tape.residuals.map(({ label }) => label).toSorted()).toEqual(['cos y', 'sin x', 'sin y', 'x'])
})

test('a value that no derivative passes through is inactive', () => {
  const { nodes } = inspect.tape((x: ArrayLike) => jnp.multiply(x, jnp.floor(lax.stopGradient(x))), 2.5)
  expect(nodes.filter((node) => node.inactive).map((node) => node.label)).toEqual(['stop_gradient', 'floor'])
})

test('jitted parts are shown with their inside', () => {
  const inner = jit((x: ArrayLike) => jnp.sin(x))
  const { nodes } = inspect.tape((x: ArrayLike) => jnp.multiply(inner(x), 2), 0.5)
  expect(nodes.map((node) => node.label)).toEqual(['x', 'sin', 'mul'])
})

test('passes for a full Jacobian are the sizes of input and output', () => {
  expect(inspect.tape((x: ArrayLike) => jnp.sum(jnp.asarray(x)), jnp.ones(5)).passes).toEqual({
    forward: 5,
    reverse: 1,
  })
})

test('a function of integers has no tape', () => {
  expect(() => inspect.tape((i: ArrayLike) => i, jnp.arange(3))).toThrow('no argument can be differentiated')
})

test('the caption counts tangents where there are many, and lists them where there are few', () => {
  const sum = (...xs: ArrayLike[]) => xs.reduce((total, x) => jnp.add(total, jnp.sin(x)))
  expect(inspect.tape(sum, 1, 2, 3).forwardCaption).toBe('tangent 1, 1, 1 rides along')
  expect(inspect.tape(sum, 1, 2, 3, 4).forwardCaption).toBe('a tangent of 1 for each of 4 inputs rides along')
})
