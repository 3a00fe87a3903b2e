import type { HostApi, LessonTrust } from '../../../electron/protocol.ts'

interface ConsentOptions {
  readonly lessonId: string
  readonly trust: LessonTrust
  readonly host: HostApi
  readonly announce: (message: string) => void
}

/** Whether the code of one open lesson may run, and a person's decision on it. */
export class LessonConsent {
  trust: LessonTrust = $state.raw({ kind: 'built-in' })
  readonly #options: ConsentOptions

  constructor(options: ConsentOptions) {
    this.#options = options
    this.trust = options.trust
  }

  /** Why nothing of the lesson runs, if that is so. */
  get blocked(): string | null {
    return this.trust.kind === 'asks' ? 'Allow the code of this lesson first, at its top.' : null
  }

  async allow(): Promise<void> {
    const { trust } = this
    if (trust.kind !== 'asks') return
    const { host, lessonId, announce } = this.#options
    this.trust = await host.trustLesson({ lessonId, digest: trust.digest })
    announce('The code of this lesson may run now.')
  }

  async withdraw(): Promise<void> {
    const { host, lessonId, announce } = this.#options
    this.trust = await host.withdrawTrust({ lessonId })
    announce('The code of this lesson may no longer run.')
  }
}
