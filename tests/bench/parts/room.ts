/**
 * What the lab costs: the same programs in cells of a kernel as it is shipped and in the core by itself, the first cell of
 * a kernel, and an eager addition beside real JAX's.
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { BenchKernel } from '../bench-kernel.ts'
import { type BenchProgram, additions, calls, loops, tracing } from '../bench-program.ts'
import { PlainCore } from '../plain-core.ts'
import { machine, median, printTable } from '../statistics.ts'

const rounds = 61
const firstCells = 15

/**
 * Median milliseconds in cells and without, and how the fastest runs compare, which other work on the machine disturbs
 * least. The two take turns, so that it meets both.
 */
async function compare(program: BenchProgram): Promise<{ lab: number; plain: number; fastest: number }> {
  const kernel = new BenchKernel()
  const core = new PlainCore()
  const times = { lab: [] as number[], plain: [] as number[] }
  await kernel.run('setup', program.setup)
  await core.prepare(program)
  const cell = `{ const start = performance.now(); ${program.measured}; print(performance.now() - start) }`
  for (let round = -program.warmUp; round < rounds; round++) {
    const { printed } = await kernel.run('measured', cell)
    const plain = await core.measure()
    if (round < 0) continue
    times.lab.push(Number(printed))
    times.plain.push(plain)
  }
  await kernel.close()
  core.close()
  return {
    lab: median(times.lab) / program.times,
    plain: median(times.plain) / program.times,
    fastest: Math.min(...times.lab) / Math.min(...times.plain),
  }
}

function time(milliseconds: number): string {
  return milliseconds < 0.1 ? `${(milliseconds * 1000).toFixed(2)} µs` : `${milliseconds.toFixed(2)} ms`
}

async function comparison(programs: readonly BenchProgram[], bar: (program: BenchProgram) => string): Promise<void> {
  const rows: string[][] = []
  for (const program of programs) {
    const { lab, plain, fastest } = await compare(program)
    rows.push([program.name, time(plain), time(lab), (lab / plain).toFixed(2), fastest.toFixed(2), bar(program)])
  }
  printTable(['', 'without', 'in a cell', 'ratio', 'of the fastest', 'bar'], rows)
}

async function firstCell(): Promise<void> {
  const seen: number[] = []
  const second: number[] = []
  for (let i = 0; i < firstCells; i++) {
    const kernel = new BenchKernel()
    await kernel.ready()
    seen.push((await kernel.run('first', 'const x: Array = jnp.arange(3)\nx + 1')).milliseconds)
    second.push((await kernel.run('second', 'const y = jnp.arange(3)\ny + 1')).milliseconds)
    await kernel.close()
  }
  printTable(
    ['', 'median', 'bar'],
    [
      ['first cell of a fresh kernel', time(median(seen)), '30 ms'],
      ['its second cell', time(median(second)), ''],
    ],
  )
}

/** The Python that has JAX, if somebody said where it is. */
function pythonWithJax(): string | null {
  const { JAX_PYTHON, JAX_VENV } = process.env
  return JAX_PYTHON ?? (JAX_VENV === undefined ? null : join(JAX_VENV, 'bin', 'python'))
}

/** Microseconds of each addition in JAX on the CPU, and its version. */
function inJax(python: string, expressions: readonly string[]): { version: string; micros: number[] } {
  const program = `
import json, sys, statistics, time, jax
import jax.numpy as jnp
a, b = jnp.array([1., 2., 3.]), jnp.array([4., 5., 6.])
def micros(f):
    times = []
    for round in range(91):
        start = time.perf_counter()
        for _ in range(1000): c = f()
        c.block_until_ready()
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times[60:])
found = [micros(eval('lambda: ' + each, {'jnp': jnp, 'a': a, 'b': b})) for each in json.loads(sys.argv[1])]
print(json.dumps({'version': jax.__version__, 'micros': found}))
`
  const env = { ...process.env, JAX_PLATFORMS: 'cpu' }
  return JSON.parse(execFileSync(python, ['-c', program, JSON.stringify(expressions)], { encoding: 'utf8', env }))
}

async function additionsBesideJax(): Promise<void> {
  const python = pythonWithJax()
  const jax =
    python === null
      ? null
      : inJax(
          python,
          additions.map((each) => each.python),
        )
  const rows: string[][] = []
  for (const [i, program] of additions.entries()) {
    const { lab, plain } = await compare(program)
    const beside = jax?.micros[i]
    rows.push([
      program.name,
      time(plain),
      time(lab),
      beside === undefined ? 'skipped' : time(beside / 1000),
      beside === undefined ? '' : ((lab * 1000) / beside).toFixed(2),
      '1 × JAX',
    ])
  }
  printTable(['', 'without', 'in a cell', `JAX ${jax?.version ?? ''}`.trim(), 'ratio to JAX', 'bar'], rows)
  if (jax === null) console.log('JAX was skipped: JAX_PYTHON names no Python that has it.')
}

console.log(`${machine()}; medians of ${rounds}, of the first cell of ${firstCells}\n`)
await comparison(tracing, () => '1.5 ×')
console.log()
await comparison(loops, () => '1.3 ×')
console.log()
await comparison(calls, ({ name }) => (name.includes('400') ? '60 µs' : '3 µs'))
console.log()
await firstCell()
console.log()
await additionsBesideJax()
