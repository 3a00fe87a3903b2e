import type { ShapedArray, Shape } from '../../ir/aval.ts'

/** A compute kernel of a GPU program: WGSL text and the values it reads and writes. */
export interface WgslKernel {
  /** What it computes, for traces: `mul, sin, add`. */
  readonly label: string
  readonly code: string
  /** Value numbers in binding order: inputs first, then outputs. */
  readonly bindings: readonly number[]
  readonly workgroups: readonly [number, number]
}

/** A GPU program: kernels in order over numbered values. Plain data: it crosses thread boundaries. */
export interface WgslProgram {
  /** Elements of each value; all are float32. */
  readonly sizes: readonly number[]
  readonly inputs: readonly number[]
  readonly constants: readonly { readonly value: number; readonly data: Float32Array }[]
  readonly kernels: readonly WgslKernel[]
  readonly outputs: readonly number[]
  readonly outShapes: readonly Shape[]
}

export const workgroupSize = 64
const maxWorkgroups = 65_535

/** Workgroups for one invocation an element; large programs spread over two dimensions. */
export function workgroupsFor(elements: number): [number, number] {
  const groups = Math.max(1, Math.ceil(elements / workgroupSize))
  return groups <= maxWorkgroups ? [groups, 1] : [maxWorkgroups, Math.ceil(groups / maxWorkgroups)]
}

/** The head of every kernel: bindings, and the element this invocation is for. */
export function kernelText(inputs: number, outputs: number, elements: number, body: string): string {
  const names = [
    ...Array.from({ length: inputs }, (_, i) => ({ name: `in${i}`, access: 'read' })),
    ...Array.from({ length: outputs }, (_, i) => ({ name: `out${i}`, access: 'read_write' })),
  ]
  const bindings = names.map(
    ({ name, access }, i) => `@group(0) @binding(${i}) var<storage, ${access}> ${name}: array<f32>;`,
  )
  return `${bindings.join('\n')}
@compute @workgroup_size(${workgroupSize})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * ${workgroupSize}u;
  if (i >= ${elements}u) { return; }
${body}
}
`
}

/** Row-major strides of a shape. */
export function stridesOf(shape: Shape): number[] {
  const strides = shape.map(() => 1)
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1] * shape[axis + 1]
  return strides
}

/** WGSL for the coordinate of element `index` along an axis of `shape`. */
export function coordinate(index: string, shape: Shape, axis: number): string {
  return `((${index} / ${stridesOf(shape)[axis]}u) % ${Math.max(1, shape[axis])}u)`
}

export function isFloat32(aval: ShapedArray): boolean {
  return aval.dtype === 'float32'
}
