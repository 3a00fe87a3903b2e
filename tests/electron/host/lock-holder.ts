/** A lab as far as its lock goes, in a process of its own: takes the locks of the folders that it is told of. */
import { DataLock } from '../../../electron/host/data-lock.ts'

let lock: DataLock | null = null
process.on('message', ({ folder, at }: { folder: string; at: number }) => {
  lock?.release()
  lock = new DataLock(folder)
  // Labs that are told the same moment meet in it.
  while (Date.now() < at);
  process.send?.(lock.take().held)
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
