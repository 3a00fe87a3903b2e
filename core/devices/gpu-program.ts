import type { WgslProgram } from '../compiler/wgsl/program.ts'

interface Step {
  readonly pipeline: GPUComputePipeline
  readonly bindings: readonly number[]
  readonly workgroups: readonly [number, number]
}

const floatBytes = 4
/** Flags of the WebGPU specification; Node has no globals for them. */
const usage = { mapRead: 0x1, copySource: 0x4, copyDestination: 0x8, storage: 0x80 } as const
const mapForReading = 0x1
/** WebGPU wants no binding smaller than this. */
const smallestBuffer = 16

/** A program compiled for one Dawn device. Buffers live as long as a run. */
export class GpuProgram {
  readonly label: string
  private readonly device: GPUDevice
  private readonly program: WgslProgram
  private readonly steps: readonly Step[]

  private constructor(device: GPUDevice, program: WgslProgram, steps: readonly Step[]) {
    this.device = device
    this.program = program
    this.steps = steps
    this.label = program.kernels.map((kernel) => kernel.label).join('; ')
  }

  static async compile(device: GPUDevice, program: WgslProgram): Promise<GpuProgram> {
    const steps: Step[] = []
    for (const kernel of program.kernels) {
      const module = device.createShaderModule({ code: kernel.code, label: kernel.label })
      const pipeline = await device.createComputePipelineAsync({
        label: kernel.label,
        layout: 'auto',
        compute: { module, entryPoint: 'main' },
      })
      steps.push({ pipeline, bindings: kernel.bindings, workgroups: kernel.workgroups })
    }
    return new GpuProgram(device, program, steps)
  }

  async run(inputs: readonly Float32Array[]): Promise<Float32Array[]> {
    const { device, program } = this
    device.pushErrorScope('out-of-memory')
    device.pushErrorScope('validation')
    const buffers = program.sizes.map((size) =>
      device.createBuffer({
        size: Math.max(smallestBuffer, size * floatBytes),
        usage: usage.storage | usage.copySource | usage.copyDestination,
      }),
    )
    const readers = program.outputs.map((value) =>
      device.createBuffer({
        size: Math.max(smallestBuffer, program.sizes[value] * floatBytes),
        usage: usage.mapRead | usage.copyDestination,
      }),
    )
    try {
      program.inputs.forEach((value, i) => this.upload(buffers[value], inputs[i]))
      program.constants.forEach(({ value, data }) => this.upload(buffers[value], data))
      const encoder = device.createCommandEncoder()
      for (const { pipeline, bindings, workgroups } of this.steps) {
        const pass = encoder.beginComputePass()
        pass.setPipeline(pipeline)
        pass.setBindGroup(
          0,
          device.createBindGroup({
            layout: pipeline.getBindGroupLayout(0),
            entries: bindings.map((value, binding) => ({ binding, resource: { buffer: buffers[value] } })),
          }),
        )
        pass.dispatchWorkgroups(...workgroups)
        pass.end()
      }
      program.outputs.forEach((value, i) => {
        encoder.copyBufferToBuffer(buffers[value], 0, readers[i], 0, readers[i].size)
      })
      device.queue.submit([encoder.finish()])
      const failure = (await device.popErrorScope()) ?? (await device.popErrorScope())
      if (failure !== null) throw new Error(failure.message)
      const results: Float32Array[] = []
      for (const [i, reader] of readers.entries()) {
        await reader.mapAsync(mapForReading)
        results.push(new Float32Array(reader.getMappedRange().slice(0)).subarray(0, program.sizes[program.outputs[i]]))
        reader.unmap()
      }
      return results
    } finally {
      for (const buffer of [...buffers, ...readers]) buffer.destroy()
      // Memory of destroyed buffers comes back with the next submission.
      device.queue.submit([])
    }
  }

  private upload(buffer: GPUBuffer, data: Float32Array): void {
    if (data.length === 0) return
    this.device.queue.writeBuffer(buffer, 0, data)
  }
}
