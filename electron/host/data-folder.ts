import { homedir } from 'node:os'
import { join } from 'node:path'

/** The folder where Electron keeps an application's data, so that a served lab finds the same progress. */
export function dataFolder(
  application: string,
  env: NodeJS.ProcessEnv = process.env,
  platform = process.platform,
): string {
  switch (platform) {
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', application)
    case 'win32':
      return join(env.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), application)
    default:
      return join(env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), application)
  }
}
