import { spawn } from 'node:child_process'

/**
 * Runs a program to its end and returns its exit code. At a terminal Ctrl-C reaches the program by itself;
 * any other signal is passed on, so that nothing is left behind.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options })
    /** @param {NodeJS.Signals} signal */
    const pass = (signal) => child.kill(signal)
    const interrupt = process.stdin.isTTY ? () => {} : pass
    process.on('SIGTERM', pass)
    process.on('SIGHUP', pass)
    process.on('SIGINT', interrupt)
    const settle = () => {
      process.off('SIGTERM', pass)
      process.off('SIGHUP', pass)
      process.off('SIGINT', interrupt)
    }
    child.once('error', (error) => {
      settle()
      reject(error)
    })
    child.once('exit', (code, signal) => {
      settle()
      resolve(code ?? signalCode(signal))
    })
  })
}

/** @param {NodeJS.Signals | null} signal The conventional 128 + n of the signals that end a program here. */
function signalCode(signal) {
  if (signal === 'SIGINT') return 130
  if (signal === 'SIGTERM') return 143
  return signal === 'SIGHUP' ? 129 : 1
}
