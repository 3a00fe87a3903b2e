import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The number is the process that made the folder. */
const named = /^jax-lab-kernel-(\d+)-/

/** An empty folder for a kernel to stand in; its name says whose it is. */
export function makeKernelFolder(parent = tmpdir()): string {
  return mkdtempSync(join(parent, `jax-lab-kernel-${process.pid}-`))
}

/**
 * Removes what hosts left behind that were killed before their kernels. A folder whose host may live stays, and
 * so does one with anything in it, for no kernel can have put it there.
 */
export function removeLeftKernelFolders(parent = tmpdir()): void {
  for (const name of foldersIn(parent)) {
    const owner = named.exec(name)?.[1]
    if (owner === undefined || mayLive(Number(owner))) continue
    try {
      rmdirSync(join(parent, name))
    } catch {
      // Another user's, not empty, or removed by another host just now.
    }
  }
}

function foldersIn(parent: string): string[] {
  try {
    return readdirSync(parent)
  } catch {
    return []
  }
}

function mayLive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}
