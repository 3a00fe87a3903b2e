/** Run by Node or by Electron: says whether a WebGPU result can be read there. */
import { createRequire } from 'node:module'

const { create, globals } = createRequire(import.meta.url)('webgpu')
// Dawn must stay reachable while a device lives.
globalThis.gpu = create([])
const adapter = await globalThis.gpu.requestAdapter()
const device = await adapter.requestDevice()
const { GPUBufferUsage, GPUMapMode } = globals
const buffer = device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST })
await buffer.mapAsync(GPUMapMode.READ)
let answer = 'allowed'
try {
  buffer.getMappedRange()
} catch {
  answer = 'refused'
}
process.stdout.write(`getMappedRange ${answer}\n`, () => process.kill(process.pid, 'SIGKILL'))
