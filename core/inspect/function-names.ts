import { parametersIn } from '../api/parameters.ts'
import type { NamedInputs, RecordedCall } from '../tracing/recorder.ts'
import { nameOf, textOf } from '../tracing/transformed.ts'
import { type TreeDef, flatten, leafPaths } from '../tree/pytree.ts'

/** What to call a function in a figure. */
export function functionLabel(fun: (...args: never[]) => unknown): string {
  return nameOf(fun)
}

/** A label for each leaf of the arguments: `x`, `params.w`, `xs[0]`. */
export function leafLabels(fun: (...args: never[]) => unknown, args: readonly unknown[]): string[] {
  return labelsIn(flatten(args).tree, namesIn(textOf(fun)))
}

/** The same for the inputs of a call. Beyond its arguments, what `jvp` takes are tangents. */
export function inputLabels({ named, text, excerpt }: RecordedCall): string[] {
  const labels = namesOf(named, text)
  return excerpt.inputs.map((_, i) => labels[i] ?? tangentLabel(labels[i - labels.length] ?? 'an argument'))
}

export function tangentLabel(label: string): string {
  return `tangent of ${label}`
}

/** The same for what the function itself was given under a derivative. */
export function ownLabels({ named, ownNamed, text }: RecordedCall): string[] {
  return namesOf(ownNamed ?? named, text)
}

function namesOf(named: NamedInputs | null, text: string): string[] {
  if (named === null) return []
  const { tree, positions, present } = named
  const names = namesIn(text)
  const labels = labelsIn(tree, positions === null ? names : (entry) => names(positions[entry]))
  return present === null ? labels : labels.filter((_, i) => present[i])
}

/** What the argument at a position is called: null where it is taken apart, undefined where it has no name. */
type NameAt = (position: number) => string | null | undefined

function namesIn(text: string): NameAt {
  const parameters = parametersIn(text)
  if (parameters === null) return () => undefined
  const { names, rest } = parameters
  return (position) =>
    position < names.length || rest === null ? names[position] : `${rest}[${position - names.length}]`
}

/** An argument that the function takes apart (null) is known by its entries. */
function labelsIn(tree: TreeDef, nameAt: NameAt): string[] {
  return leafPaths(tree).map((path) => {
    const [, position, rest] = /^\[(\d+)\](.*)$/s.exec(path) ?? [null, '0', path]
    const name = nameAt(Number(position))
    if (name === null && rest.startsWith('.')) return rest.slice(1)
    return `${name ?? `argument ${position}`}${rest}`
  })
}
