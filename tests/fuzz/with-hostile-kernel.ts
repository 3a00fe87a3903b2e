/** Loaded before the lab: every kernel that it starts is a hostile one. */
import childProcess from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
import { fileURLToPath } from 'node:url'

const hostile = fileURLToPath(new URL('./hostile-kernel.ts', import.meta.url))
const spawn = childProcess.spawn

Object.assign(childProcess, {
  spawn(command: string, args: readonly string[], options: Parameters<typeof spawn>[2]) {
    const isKernel = args.some((arg) => /kernel[/\\]main\.ts$/.test(arg))
    return spawn(command, isKernel ? [hostile] : args, options)
  },
})
syncBuiltinESMExports()
