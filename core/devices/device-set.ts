import type { HostArray } from '../ir/host-array.ts'
import { innerJaxprs } from '../ir/check.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { heapMemory } from '../runtime/memory.ts'
import type { ParallelProgram } from '../runtime/parallel.ts'
import { type DeviceInterval, DeviceThread, controlOf, hasEnded, newWords } from './device-channel.ts'
import { DeviceReports } from './device-reports.ts'
import { type DeviceProgram, packProgram, sendProgram } from './device-program.ts'
import { type DeviceThreads, type ThreadSet, nextSetNumber } from './device-threads.ts'
import { Exchange } from './exchange.ts'
import { LentValues } from './lent-values.ts'
import { type RunFrame, frameBytes, readReport, reportBytes, writeFrame } from './mailbox.ts'
import { RecentPrograms } from './recent-programs.ts'

/**
 * CPU devices that were started together, with all that their runs touch: words, memory, what the memory is
 * used for, and the programs they know. A run that does not come to its end (Stop breaks it off at any
 * instruction, and runs no finally block) leaves all that in a state nobody knows. Then the set is not idle
 * for good, and whoever owns it must end it and use another.
 */
export class DeviceSet implements ThreadSet {
  readonly number = nextSetNumber()
  readonly kind = 'cpu'
  readonly count: number
  readonly memory = heapMemory()
  readonly words: Int32Array
  /** Whether no thread of the set is at work, so that the next run may begin. */
  idle = false
  /** What the threads of a run use, or of one that did not come to its end. */
  private readonly lent = new LentValues()
  private threads: readonly DeviceThread[] = []
  private readonly programs = new RecentPrograms<DeviceProgram>(({ id, knownTo }) => {
    for (const thread of knownTo) thread.send({ kind: 'forget', programId: id })
  })

  constructor(count: number) {
    this.count = count
    this.words = newWords(count)
  }

  start(threads: DeviceThreads): void {
    const ports = threads.start(this)
    this.threads = Array.from({ length: this.count }, (_, i) => new DeviceThread(ports[i], controlOf(this.words, i)))
    this.idle = true
  }

  /** Whether a thread has ended though nobody asked it to. */
  get lost(): boolean {
    return this.threads.some(({ control }) => hasEnded(control))
  }

  /** Results by device, and what each device did. */
  run(
    program: ParallelProgram,
    shards: readonly (readonly HostArray[])[],
  ): { readonly results: HostArray[][]; readonly lanes: readonly (readonly DeviceInterval[])[] } {
    this.idle = false
    const threads = this.threads.slice(0, shards.length)
    let reports: DeviceReports | null = null
    try {
      const loaded = this.programs.of(program.jaxpr, (id) => packProgram(id, program.jaxpr))
      const results = shards.map(() => program.outAvals.map(({ shape, dtype }) => this.lent.result(shape, dtype)))
      const frames = this.place(program, shards, results)
      Exchange.reset(this.words)
      reports = new DeviceReports(threads, this.words, loaded.callbacks)
      threads.forEach((thread, device) => {
        sendProgram(thread, loaded)
        const { address, report } = frames[device]
        thread.run(loaded.id, address, () => readReport(this.memory.buffer, report, loaded.labels))
      })
      return { lanes: reports.collect(), results }
    } finally {
      // A device that is still at work may write yet: then it keeps what it was lent until the set has ended.
      if (reports === null || reports.complete) {
        this.lent.takeBack()
        this.idle = true
      }
    }
  }

  /** The threads are gone: what they were lent is free. */
  buried(): void {
    this.lent.takeBack()
  }

  /** Finds room for all that a run needs, before any device begins: where each device finds it described. */
  private place(
    { jaxpr, axisName }: ParallelProgram,
    shards: readonly (readonly HostArray[])[],
    results: readonly (readonly HostArray[])[],
  ): { readonly address: number; readonly report: number }[] {
    const exchange = this.lent.room(shards.length * largestExchange(jaxpr))
    return shards.map((shard, device) => {
      const report = this.lent.room(reportBytes)
      const frame: RunFrame = {
        axisName,
        axisSize: shards.length,
        inputs: shard.map((host) => this.lent.lend(host).address),
        outputs: results[device].map(({ data }) => data.byteOffset),
        exchange,
        report,
      }
      const address = this.lent.room(frameBytes(frame))
      writeFrame(this.memory.buffer, address, frame)
      return { address, report }
    })
  }
}

/** The most bytes that one collective of the program hands over. */
function largestExchange(closed: ClosedJaxpr): number {
  return closed.eqns.reduce((largest, eqn) => {
    const own = eqn.primitive.axisNames === undefined ? 0 : Math.max(0, ...eqn.inputs.map((input) => input.aval.nbytes))
    const inner = innerJaxprs(eqn.params).map(largestExchange)
    return Math.max(largest, own, ...inner)
  }, 0)
}
