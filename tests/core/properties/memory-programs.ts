import fc from 'fast-check'
import {
  type Array as JaxArray,
  type ArrayLike,
  ShapeDtypeStruct,
  checkpoint,
  customJvp,
  debug,
  grad,
  jit,
  jnp,
  lax,
  pureCallback,
  random,
  vmap,
} from '../../../core/index.ts'

/** What the functions of a script may do besides computing: keep what they are shown, and touch what they were not given. */
export interface Around {
  keep(x: JaxArray): void
  /** An array of the script that is not an argument of the function at hand. */
  other(index: number): JaxArray | null
}

/** One step inside a function, from two values of one size to one or two more. */
type Step = (a: JaxArray, b: JaxArray, around: Around, choice: number) => readonly JaxArray[]

const one = (value: unknown): JaxArray => jnp.asarray(value as ArrayLike)
const flat = (x: JaxArray): JaxArray => x.reshape([x.size])
/** As numbers that stay small, so that nothing becomes infinite. */
const float = (x: JaxArray): JaxArray => flat(x.dtype.startsWith('complex') ? jnp.real(x) : x).astype('float32')
const like = (x: JaxArray) => new ShapeDtypeStruct(x.shape, x.dtype)
/** Part of the leading axis. */
const run = (x: JaxArray, start: number, stop: number): JaxArray => lax.sliceInDim(x, start, stop)
/** Two factors of a size. */
function sides(size: number): [number, number] {
  for (const rows of [7, 5, 4, 3, 2]) if (size % rows === 0) return [rows, size / rows]
  return [1, size]
}

const halved = customJvp((x: JaxArray) => x.mul(0.5))
halved.defjvp(([x]: [JaxArray], [t]: [JaxArray]) => [halved(x), t.mul(0.5)])

const steps: Readonly<Record<string, Step>> = {
  add: (a, b) => [float(a).add(float(b)).mul(0.5)],
  sin: (a) => [jnp.sin(float(a))],
  same_twice: (a) => {
    const s = float(a).mul(0.9)
    return [s, s]
  },
  negate_whole: (a) => [a.dtype === 'bool' ? jnp.logicalNot(a) : jnp.negative(a)],
  select: (a, b) => [jnp.where(jnp.greater(float(a), float(b)), float(a), float(b))],
  compare: (a, b) => [jnp.greater(float(a), float(b))],
  grid: (a) => [a.reshape(sides(a.size))],
  unit_axes: (a) => [jnp.transpose(flat(a).reshape([1, a.size, 1]), [1, 2, 0])],
  squeezed: (a) => [jnp.squeeze(jnp.expandDims(flat(a), 0), 0)],
  part: (a, b) => {
    const half = run(flat(a), 0, a.size >> 1)
    return [half.dtype === b.dtype ? jnp.concatenate([half, run(flat(b), a.size >> 1, a.size)]) : flat(a)]
  },
  rows: (a) => {
    const rows = a.reshape(sides(a.size))
    return [jnp.concatenate([run(rows, 1, rows.shape[0]), run(rows, 0, 1)])]
  },
  bits: (a) => [lax.bitcastConvertType(lax.bitcastConvertType(float(a), 'int32'), 'float32')],
  wide: (a) => [float(a).mul(8).astype('int64')],
  short: (a) => [float(a).astype('bfloat16')],
  complex: (a, b) => [lax.complex(float(a), float(b))],
  conjugate: (a, b) => [jnp.imag(jnp.conj(lax.complex(float(a), float(b))))],
  keys: (a) => {
    const words = lax.bitcastConvertType(run(float(a), 0, a.size - (a.size % 2)), 'uint32').reshape([a.size >> 1, 2])
    const keys = jnp.flip(random.wrapKeyData(words))
    return [
      float(a).add(
        vmap((key: JaxArray) => random.uniform(key))(keys)
          .sum()
          .mul(0.01),
      ),
    ]
  },
  scan_of_inputs: (a, b) => {
    const rows = float(a).reshape(sides(a.size))
    const [carry, ys] = lax.scan(
      (c: readonly JaxArray[], x: JaxArray) => [[c[1], c[0]], x] as const,
      [float(b), float(a)],
      rows,
    ) as unknown as [JaxArray[], JaxArray]
    return [carry[0], ys]
  },
  scan_of_views: (a) => {
    const rows = float(a).reshape(sides(a.size))
    const [last, ys] = lax.scan(
      (c: JaxArray, x: JaxArray) => [x.reshape([1, x.size]).reshape([x.size]), c.add(x)],
      rows.slice(0),
      rows,
    ) as unknown as [JaxArray, JaxArray]
    return [flat(ys).add(last.sum()).mul(0.5)]
  },
  scan_over: (a, b) => {
    const constant = float(b)
    const [last] = lax.scan(
      (c: JaxArray) => [c.mul(0.5).add(constant).reshape([1, c.size]).reshape([c.size]), null],
      float(a),
      null,
      { length: 3 },
    ) as unknown as [JaxArray, null]
    return [last, constant]
  },
  cond_of_inputs: (a, b) => {
    const picked = lax.cond(
      jnp.greater(float(a).sum(), 0),
      (x: JaxArray, y: JaxArray) => [x, y],
      (_: JaxArray, y: JaxArray) => [y, y.reshape([1, y.size]).reshape([y.size])],
      float(a),
      float(b),
    )
    return (picked as unknown[]).map(one)
  },
  while_of_inputs: (a, b) => {
    const [, x, y] = lax.whileLoop(
      ([i]: JaxArray[]) => jnp.less(i, 3),
      ([i, x, y]: JaxArray[]) => [i.add(1), y, x.mul(0.5)],
      [jnp.array(0, { dtype: 'int32' }), float(a), float(b)],
    ) as unknown as JaxArray[]
    return [x, y]
  },
  fori: (a, b) => [one(lax.foriLoop(0, 3, (_: JaxArray, c: JaxArray) => c.add(float(b)).mul(0.5), float(a)))],
  inner_jit: (a, b) =>
    jit((x: JaxArray, y: JaxArray) => {
      const s = x.add(y).mul(0.5)
      return [s, s.reshape(sides(s.size)), x] as JaxArray[]
    })(float(a), float(b)),
  inner_donation: (a, b) =>
    jit((x: JaxArray, y: JaxArray) => [x.mul(0.5).add(y), x] as JaxArray[], { donateArgnums: [0, 1] })(
      float(a).mul(1),
      float(b).add(0),
    ),
  remat: (a, b) => [one(checkpoint((x: JaxArray, y: JaxArray) => jnp.tanh(x).add(jnp.sin(y)))(float(a), float(b)))],
  gradient: (a, b) => [one(grad((x: JaxArray) => jnp.sin(halved(x)).mul(float(b)).sum())(float(a)))],
  vmapped: (a) => [one(vmap((row: JaxArray) => row.sub(row.mean()))(float(a).reshape(sides(a.size))))],
  updated: (a, b) => [lax.dynamicUpdateSlice(float(a), run(float(b), 0, 5), [2])],
  scattered: (a, b) => [float(a).at(3).set(float(b).slice(1))],
  sorted: (a) => [jnp.sort(float(a))],
  flipped: (a) => [jnp.flip(flat(a))],
  shown: (a, _, around) => {
    const x = float(a).add(1)
    debug.callback((v: JaxArray) => around.keep(v), x)
    return [x.mul(0.5)]
  },
  shown_view: (a, _, around) => {
    debug.callback((v: JaxArray) => around.keep(v.reshape(sides(v.size))), float(a))
    return [float(a).sub(1)]
  },
  asked_same: (a) => [one(pureCallback((v: JaxArray) => v, like(flat(a)), flat(a)))],
  asked_deleting: (a, b) => {
    const x = float(a).add(float(b))
    const y = pureCallback(
      (v: JaxArray) => {
        const w = v.mul(0.5)
        v.delete()
        return w
      },
      like(x),
      x,
    )
    return [one(y), x.mul(0.25)]
  },
  asked_donating: (a, b) => {
    const x = float(a).add(float(b))
    const y = pureCallback((v: JaxArray) => jit((w: JaxArray) => w.mul(0.5), { donateArgnums: 0 })(v), like(x), x)
    return [one(y), x.mul(0.25)]
  },
  asked_of_others: (a, _, around, choice) => {
    const x = float(a)
    const y = pureCallback(
      (v: JaxArray) => {
        const other = around.other(choice)
        if (other?.dtype === 'float32' && !other.isDeleted()) {
          if (choice % 2 === 0) other.delete()
          else jit((w: JaxArray) => w.mul(3), { donateArgnums: 0 })(other)
        }
        return v.mul(0.5)
      },
      like(x),
      x,
    )
    return [one(y), x.mul(0.5)]
  },
}

const names = Object.keys(steps)

interface Command {
  readonly kind: 'run' | 'eager' | 'delete' | 'view' | 'part' | 'make' | 'collect'
  readonly inner: readonly (readonly [name: string, a: number, b: number])[]
  readonly picks: readonly [number, number]
  readonly donated: readonly number[]
  readonly outs: readonly number[]
  readonly closes: boolean
}

const command: fc.Arbitrary<Command> = fc.record({
  kind: fc.constantFrom('run', 'run', 'run', 'run', 'eager', 'delete', 'view', 'part', 'make', 'collect'),
  inner: fc.array(fc.tuple(fc.constantFrom(...names), fc.nat(30), fc.nat(30)), { minLength: 1, maxLength: 8 }),
  picks: fc.tuple(fc.nat(30), fc.nat(30)),
  donated: fc.subarray([0, 1]),
  outs: fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }),
  closes: fc.boolean(),
})

export interface Script {
  readonly size: number
  readonly commands: readonly Command[]
}

/** Scripts over arrays of one size: functions that are run, jitted or not, and arrays that are deleted, viewed and donated between. */
export const scripts: fc.Arbitrary<Script> = fc.record({
  size: fc.constantFrom(16, 17, 20, 33, 64, 210, 2000),
  commands: fc.array(command, { minLength: 1, maxLength: 10 }),
})

/** Runs a script, and gives the numbers of every array that is left, and of all that callbacks kept. */
export function play({ size, commands }: Script, collect: () => void): readonly (readonly string[])[] {
  const ramp = jnp.arange(size).astype('float32')
  const arrays: JaxArray[] = [jnp.sin(ramp), jnp.cos(ramp.mul(0.7)), jnp.sin(ramp.mul(0.3).add(1))]
  const kept: JaxArray[] = []
  for (const { kind, inner, picks, donated, outs, closes } of commands) {
    const live = arrays.filter((x) => !x.isDeleted())
    if (live.length < 2) arrays.push(jnp.cos(ramp), jnp.sin(ramp))
    const pool = arrays.filter((x) => !x.isDeleted())
    const [a, b] = picks.map((pick) => pool[pick % pool.length])
    const around: Around = {
      keep: (x) => kept.push(x),
      // What runs at once may read it again afterwards, which is refused.
      other: (index) => (kind === 'run' ? pool[index % pool.length] : null),
    }
    const body = (...given: JaxArray[]): JaxArray[] => {
      const values = closes && !b.isDeleted() ? [...given, b] : given
      const made = [...values]
      inner.forEach(([name, i, j]) => {
        made.push(...steps[name](made[i % made.length], made[j % made.length], around, i))
      })
      return [...outs.map((out) => made[out % made.length]), made[made.length - 1]]
    }
    const given = closes ? [a] : [a, b]
    switch (kind) {
      case 'run': {
        const donateArgnums = donated.filter((i) => i < given.length && (given[0] !== given[1] || closes))
        arrays.push(...jit(body, { donateArgnums })(...given))
        break
      }
      case 'eager':
        arrays.push(...body(...given))
        break
      case 'delete':
        a.delete()
        break
      case 'view':
        arrays.push(a.reshape(sides(a.size)))
        break
      case 'part':
        kept.push(run(flat(a), 1, Math.min(a.size, 60)))
        break
      case 'make':
        arrays.push(jnp.cos(ramp.add(picks[0])))
        break
      case 'collect':
        collect()
        break
    }
  }
  return [...arrays, ...kept].map((x) => (x.isDeleted() ? ['deleted'] : [...flat(x).data()].map(String)))
}
