/**
 * What the record of the run costs: every cell of every lesson, in the lab's own configuration, with and without it.
 * CPU time of this thread, so that other work on the machine counts little. Run by `npm run bench -- records`.
 */
import { core } from '../../../electron/kernel/core-bindings.ts'
import type { CoreInterface } from '../../../electron/kernel/core-interface.ts'
import { CellSession } from '../../../electron/kernel/cell-session.ts'
import { sharedWords } from '../../../electron/kernel/breakable-run.ts'
import { InterruptWord } from '../../../electron/kernel/runtime/interrupt.ts'
import type { KernelToHost } from '../../../electron/kernel/messages.ts'
import { outline, startRecording, summarize } from '../../../core/inspect/recording.ts'
import { median } from '../statistics.ts'
import { shipped } from '../../workshops/lesson-runner.ts'

const rounds = Number(process.argv[2] ?? 15)
const equations = { all: 0, recorded: 0 }

const without: CoreInterface = { ...core, record: () => () => [] }
const counted: CoreInterface = {
  ...core,
  record() {
    const stop = startRecording(summarize, outline)
    return () => {
      const { recording } = stop()
      equations.all += recording.equations
      equations.recorded += recording.equations - recording.skipped
      return []
    }
  },
}

/** CPU milliseconds of one lesson's cells, run in a session of their own. */
async function costOf(cells: readonly (readonly [id: string, source: string])[], used: CoreInterface): Promise<number> {
  const interrupt = new InterruptWord(new SharedArrayBuffer(4 * sharedWords))
  let arrived: () => void = () => {}
  const post = (message: KernelToHost): void => {
    if (message.kind === 'ran') arrived()
  }
  const session = new CellSession(used, interrupt, post)
  const before = process.cpuUsage()
  for (const [cellId, source] of cells) {
    const ran = new Promise<void>((resolve) => (arrived = resolve))
    session.receive({ kind: 'run', runId: cellId, cellId, source })
    await ran
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

const write = process.stdout.write.bind(process.stdout)
write('lesson            without      with   ratio\n')
let sums = { without: 0, with: 0 }
for (const { summary, lesson } of shipped.lessons.values()) {
  const cells = lesson.blocks.flatMap((block) => (block.kind === 'cell' ? [[block.id, block.source] as const] : []))
  const times = { without: [] as number[], with: [] as number[] }
  await costOf(cells, without)
  await costOf(cells, core)
  for (let round = 0; round < rounds; round++) {
    times.without.push(await costOf(cells, without))
    times.with.push(await costOf(cells, core))
  }
  await costOf(cells, counted)
  const [off, on] = [median(times.without), median(times.with)]
  sums = { without: sums.without + off, with: sums.with + on }
  write(
    `${summary.id.padEnd(14)} ${off.toFixed(1).padStart(7)} ms ${on.toFixed(1).padStart(7)} ms ${(on / off).toFixed(3).padStart(7)}\n`,
  )
}
write(
  `all            ${sums.without.toFixed(1).padStart(7)} ms ${sums.with.toFixed(1).padStart(7)} ms ${(sums.with / sums.without).toFixed(3).padStart(7)}\n`,
)
write(`recorded ${equations.recorded} of ${equations.all} equations\n`)
