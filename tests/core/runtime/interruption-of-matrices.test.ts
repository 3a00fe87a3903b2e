import { expect, test } from 'vitest'
import { type Array as JaxArray, jnp, lax, random } from '../../../core/index.ts'
import { countLooks, looksOf } from './looks.ts'

countLooks()

/** A kernel looks at least once so many products. */
const between = 80_000

const n = 128
const cube = n ** 3

const general = (dtype: 'float32' | 'complex64'): JaxArray => {
  const [re, im] = [0, 1].map((seed) => random.normal(random.key(seed), [n, n], { dtype: 'float32' }))
  return dtype === 'float32' ? re : lax.complex(re, im)
}
const definite = (dtype: 'float32' | 'complex64'): JaxArray => {
  const a = general(dtype)
  return jnp.matmul(a, jnp.conj(a.T)).add(jnp.eye(n, { dtype }))
}
const triangle = (dtype: 'float32' | 'complex64'): JaxArray => jnp.linalg.cholesky(definite(dtype))

type Case = readonly [products: number, f: (...args: JaxArray[]) => unknown, ...args: (() => JaxArray)[]]

const cases: Readonly<Record<string, Case>> = Object.fromEntries(
  (['float32', 'complex64'] as const).flatMap((dtype) => {
    const a = (): JaxArray => general(dtype)
    const one: Readonly<Record<string, Case>> = {
      lu: [cube / 3, (x) => lax.linalg.lu(x), a],
      cholesky: [cube / 6, (x) => lax.linalg.cholesky(x), () => definite(dtype)],
      'triangular solve': [
        cube / 2,
        (l, b) => lax.linalg.triangularSolve(l, b, { leftSide: true, lower: true }),
        () => triangle(dtype),
        a,
      ],
      'triangular solve from the right': [
        cube / 2,
        (l, b) => lax.linalg.triangularSolve(l, b, { lower: true }),
        () => triangle(dtype),
        a,
      ],
      qr: [cube, (x) => lax.linalg.qr(x), a],
      'qr with pivoting': [cube, (x) => lax.linalg.qr(x, { pivoting: true }), a],
      hessenberg: [cube, (x) => lax.linalg.hessenberg(x), a],
      tridiagonal: [cube, (x) => lax.linalg.tridiagonal(x), () => definite(dtype)],
      eigh: [3 * cube, (x) => lax.linalg.eigh(x), () => definite(dtype)],
      svd: [3 * cube, (x) => lax.linalg.svd(x), a],
      'singular values': [cube, (x) => lax.linalg.svd(x, { computeUv: false }), a],
      schur: [4 * cube, (x) => lax.linalg.schur(x), a],
      eig: [5 * cube, (x) => lax.linalg.eig(x), a],
      matmul: [cube, (x) => jnp.matmul(x, x), a],
    }
    return Object.entries(one).map(([name, each]) => [`${name} ${dtype}`, each])
  }),
)

const others: Readonly<Record<string, Case>> = {
  'a scan of nothing': [1000 * between, () => lax.scan((c) => [c, c], 0, null, { length: 1000 })],
  'gamma variates': [2 ** 16, () => random.gamma(random.key(0), 2, { shape: [2 ** 11] })],
  'matmul of int32': [cube, (x) => jnp.matmul(x, x), () => jnp.ones([n, n], { dtype: 'int32' })],
  'matmul of int64': [cube / 8, (x) => jnp.matmul(x, x), () => jnp.ones([n / 2, n / 2], { dtype: 'int64' })],
  'matmul of bfloat16': [cube, (x) => jnp.matmul(x, x), () => jnp.ones([n, n], { dtype: 'bfloat16' })],
  'a long inner product': [2 ** 20, (x) => jnp.vdot(x, x), () => jnp.ones(2 ** 20)],
  'one row times a matrix': [
    2 ** 20,
    (x, y) => jnp.matmul(x, y),
    () => jnp.ones([1, 2 ** 10]),
    () => jnp.ones([2 ** 10, 2 ** 10]),
  ],
  convolution: [
    16 * 16 * 9 * 64 * 64,
    (x, w) => lax.conv(x, w, [1, 1], 'SAME'),
    () => jnp.ones([1, 16, 64, 64]),
    () => jnp.ones([16, 16, 3, 3]),
  ],
  'many small matrices': [2 ** 18, (x) => lax.linalg.lu(x), () => jnp.ones([2 ** 16, 2, 2])],
  'eigenvectors of a triangle': [
    cube / 6,
    (x) => lax.linalg.eig(x, { computeLeftEigenvectors: false }),
    () => jnp.triu(general('float32')),
  ],
  choleskyUpdate: [
    2 ** 19,
    (r, w) => lax.linalg.choleskyUpdate(r, w),
    () => jnp.eye(1024).mul(3),
    () => jnp.ones(1024),
  ],
  symmetricProduct: [
    cube,
    (x, c) => lax.linalg.symmetricProduct(x, c),
    () => general('float32'),
    () => general('float32'),
  ],
  tridiagonalSolve: [
    2 ** 18,
    (d, b) => lax.linalg.tridiagonalSolve(d.mul(0), d, d.mul(0), b),
    () => jnp.ones(2 ** 16).mul(4),
    () => jnp.ones([2 ** 16, 4]),
  ],
}

test.each(Object.entries({ ...cases, ...others }))('%s looks whether to stop', (_, [products, f, ...args]) => {
  const found = looksOf(
    f,
    args.map((arg) => arg()),
  )
  const most = Math.max(...found.map(({ looks }) => looks))
  expect(most).toBeGreaterThanOrEqual(Math.floor(products / between))
})
