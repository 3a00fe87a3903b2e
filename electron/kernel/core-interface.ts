import type { DeviceInfo, FigureKind, InspectableCall } from '../protocol.ts'
import type { InspectionDocument } from '../../core/inspect/documents.ts'
import type { SourceLocation } from '../../core/ir/source.ts'
import type { ArrayOperators } from './runtime/array-operators.ts'
import type { PositionScope } from './runtime/positions.ts'
import type { Names } from './runtime/shared-scope.ts'

/** How an array is shown. */
export interface ArrayText {
  readonly text: string
  /** `f32[3]`; null where the text says it, as a tracer's does. */
  readonly type: string | null
}

/** What is in a concrete array, in row-major order. */
export interface ArrayElements {
  readonly shape: readonly number[]
  /**
   * One number an element, the shortest that is printed as the element is: `0.1`, not the float32 next to it. Of
   * complex numbers and keys, which are no one number, their two parts.
   */
  readonly values: ArrayLike<number>
  readonly kind: 'number' | 'complex' | 'key'
  /** An element as printing shows it where no number is it; null where `values` has it. */
  textAt(index: number): string | null
}

/** All that the kernel needs of the core: `core-bindings.ts` is the one place that knows it. */
export interface CoreInterface {
  readonly arrays: ArrayOperators
  /** Where running programs say their places, and how it learns what those mean. */
  readonly positions: PositionScope
  installPositions(sourceOf: (position: number) => SourceLocation | null): void
  /** Has errors name arrays as the cells do, whose names these are. */
  nameValues(names: object): void
  /** Properties of arrays that are worked out when they are read. */
  readonly lazyMembers: ReadonlySet<string>
  /** The names that every cell sees. */
  readonly offered: Names
  /** What `import … from` can read. */
  readonly modules: Readonly<Record<string, Names>>
  /** What else is shown by its own text: jaxprs inherit from these. */
  readonly textPrototypes: readonly object[]
  /** What every array inherits from. */
  readonly arrayPrototype: object
  /** The text of an array, null for anything else. */
  describeArray(value: unknown): ArrayText | null
  /** The elements of a concrete array in row-major order, null for anything else. */
  elementsOf(value: unknown): ArrayElements | null
  /** Leaves of a pytree in order. */
  leaves(value: unknown): readonly unknown[]
  /** How often each primitive occurs in a function's jaxpr, nested ones included. */
  countPrimitives(f: unknown, args: readonly unknown[]): Readonly<Record<string, number>>
  /** Forgets what a computation that was broken off left behind. */
  recover(): void
  /** Watches which functions a cell has transformed, and its keys, until the returned function is called. */
  record(cellId: string): () => readonly InspectableCall[]
  /** The figure of a recorded call. */
  inspect(callId: string, figure: string): InspectionDocument
  /** The device that the default platform computes on. */
  currentDevice(): string
  devices(): readonly DeviceInfo[]
  setDeviceCount(count: number): void
}

const figureKinds: ReadonlySet<string> = new Set<FigureKind>(['graph', 'tape', 'keys', 'timeline'])

/** Whether a value is a document that the notebook draws. */
export function isDocument(value: unknown): value is InspectionDocument {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    typeof value.kind === 'string' &&
    figureKinds.has(value.kind) &&
    'version' in value &&
    typeof value.version === 'number' &&
    'title' in value
  )
}
