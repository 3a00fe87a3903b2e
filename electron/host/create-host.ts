import type { RendererApi } from '../protocol.ts'
import { Incidents } from './incidents.ts'
import { LabHost, type SaveFile } from './lab-host.ts'
import type { KernelLimits } from './lesson-kernels.ts'
import { serveCalls, validated } from './serve-calls.ts'
import type { TextChannel } from './text-channel.ts'

export interface HostOptions {
  /** Folders whose subfolders are lessons. */
  readonly lessonsDirs: readonly string[]
  /** Those of `lessonsDirs` that came with the application: their code runs without a question. */
  readonly builtInDirs?: readonly string[]
  /** How long kernels of closed lessons are kept, and what all may take of the memory. */
  readonly kernelLimits?: Partial<KernelLimits>
  /** Where progress and settings are kept. */
  readonly dataDir: string
  /** The Node 26 that kernels run on. */
  readonly nodePath: string
  readonly version: string
  readonly shell: 'electron' | 'serve'
  /** Opens a save dialog. Without it, pages download files themselves. */
  readonly saveFile?: SaveFile
  /** The kernel's control thread; the one that ships with the host unless a test says otherwise. */
  readonly kernelEntry?: URL
  /** Limit of a kernel's JavaScript heap in MB. */
  readonly kernelMemory?: number
}

export interface Host {
  /** Serves a page until its channel closes. */
  connect(channel: TextChannel): void
  /** Takes note of a failure that nobody waited for, and shows it on every page. */
  failed(error: unknown): void
  /** Saves what is not saved yet and ends all kernels. */
  close(): Promise<void>
}

/** The lab behind the page: lessons, progress, kernels. The same under Electron and when served. */
export function createHost(options: HostOptions): Host {
  const pages = new Set<RendererApi>()
  const everyPage: RendererApi = {
    cellOutput: (event) => pages.forEach((page) => page.cellOutput(event)),
    kernelStatus: (status) => pages.forEach((page) => page.kernelStatus(status)),
    lessonTrust: (event) => pages.forEach((page) => page.lessonTrust(event)),
    notice: (event) => pages.forEach((page) => page.notice(event)),
    progressChanged: (progress) => pages.forEach((page) => page.progressChanged(progress)),
    settingsChanged: (settings) => pages.forEach((page) => page.settingsChanged(settings)),
  }
  const { kernelEntry = new URL('../kernel/main.ts', import.meta.url), nodePath, kernelMemory = 1024 } = options
  const kernel = { entry: kernelEntry, nodePath, memoryLimit: kernelMemory }
  const lab = new LabHost({ ...options, saveFile: options.saveFile ?? null, kernel }, everyPage)
  const incidents = new Incidents((message) => lab.notify(message))
  return {
    connect(channel) {
      const own = lab.page()
      const page = serveCalls(channel, validated(lab, own.calls), (problem) => incidents.note(problem))
      pages.add(page)
      channel.onClose(() => {
        pages.delete(page)
        own.gone()
      })
    },
    failed: (error) => incidents.failed(error),
    close: () => lab.close(),
  }
}
