/** The places of the checkout that the start, test and check scripts share. */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
export const dist = join(root, 'dist')
/** Things that were unpacked, downloaded or remembered; safe to delete. */
export const cache = join(root, '.cache')
