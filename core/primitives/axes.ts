/** The numbers 0 … count - 1. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

/** Axis numbers after a new axis 0 was put in front of them. */
export function afterNewFront(axes: readonly number[]): number[] {
  return axes.map((axis) => axis + 1)
}
