import type { WindowAxis } from '../compiler/reference/convolution.ts'

/** Padding below and above one spatial axis; negative padding cuts off. */
export type SpatialPadding = readonly [low: number, high: number]

/** How a window moves over the spatial axes of an array. */
export interface Geometry {
  readonly inputs: readonly number[]
  readonly windows: readonly number[]
  readonly strides: readonly number[]
  readonly padding: readonly SpatialPadding[]
  readonly inputDilation: readonly number[]
  readonly windowDilation: readonly number[]
}

/** The length of an axis with `dilation - 1` holes between its elements. */
export function dilated(length: number, dilation: number): number {
  return length === 0 ? 0 : 1 + dilation * (length - 1)
}

/** How many places a window has along every axis. */
export function outputLengths({
  inputs,
  windows,
  strides,
  padding,
  inputDilation,
  windowDilation,
}: Geometry): number[] {
  return inputs.map((input, i) => {
    const room =
      dilated(input, inputDilation[i]) + padding[i][0] + padding[i][1] - dilated(windows[i], windowDilation[i])
    return room < 0 ? 0 : Math.floor(room / strides[i]) + 1
  })
}

export function windowAxes(geometry: Geometry): WindowAxis[] {
  const outputs = outputLengths(geometry)
  return geometry.inputs.map((input, i) => ({
    input,
    window: geometry.windows[i],
    output: outputs[i],
    stride: geometry.strides[i],
    low: geometry.padding[i][0],
    inputDilation: geometry.inputDilation[i],
    windowDilation: geometry.windowDilation[i],
  }))
}

/** The padding under which the window, reversed, carries cotangents of the outputs back to the inputs. */
export function inputCotangentPadding(geometry: Geometry): SpatialPadding[] {
  const outputs = outputLengths(geometry)
  return geometry.inputs.map((input, i) => {
    const window = dilated(geometry.windows[i], geometry.windowDilation[i])
    const before = window - geometry.padding[i][0] - 1
    const after =
      dilated(input, geometry.inputDilation[i]) + window - 1 - dilated(outputs[i], geometry.strides[i]) - before
    return [before, after]
  })
}

/** The padding under which the outputs' cotangents, as a window, carry the inputs back to the window. */
export function windowCotangentPadding(geometry: Geometry): SpatialPadding[] {
  const outputs = outputLengths(geometry)
  return geometry.inputs.map((input, i) => {
    const low = geometry.padding[i][0]
    const fromInput = dilated(outputs[i], geometry.strides[i]) - dilated(input, geometry.inputDilation[i])
    return [low, fromInput + dilated(geometry.windows[i], geometry.windowDilation[i]) - low - 1]
  })
}
