import { parseArgs } from 'node:util'

export const usage = `npm start -- [options]

  --serve      serve the lab to a browser, also where Electron is installed
  --port N     the port to serve on; without it the first free one from 4517 on
  --help       this text`

/**
 * @typedef {{ kind: 'help' } | { kind: 'start', serve: boolean, port: number | null } | { kind: 'wrong', message: string }} StartOptions
 */

/**
 * @param {readonly string[]} args
 * @returns {StartOptions}
 */
export function startOptions(args) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { serve: { type: 'boolean' }, port: { type: 'string' }, help: { type: 'boolean' } },
    })
    if (values.help) return { kind: 'help' }
    if (values.port === undefined) return { kind: 'start', serve: values.serve ?? false, port: null }
    const port = /^\d+$/.test(values.port) ? Number(values.port) : Number.NaN
    if (!(port >= 1 && port <= 65_535)) {
      return { kind: 'wrong', message: `--port takes a number from 1 to 65535, not "${values.port}".` }
    }
    return { kind: 'start', serve: true, port }
  } catch (error) {
    return { kind: 'wrong', message: error instanceof Error ? error.message : String(error) }
  }
}
