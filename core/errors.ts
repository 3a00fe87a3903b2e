import { type CatalogueEntry, entryFor } from './errors/entry.ts'
import { currentSource } from './errors/source-scope.ts'
import { placeText } from './errors/user-line.ts'
import type { SourceLocation } from './ir/source.ts'

/**
 * The errors of the system. Class names are JAX's; messages say what happened, with shapes, dtypes
 * and names, then the user's line, why it is so, the way out and the lesson. Why, way out and lesson come
 * from the catalogue (`docs/errors`) unless the thrower knows better; the app's error card shows the parts.
 */
export interface ErrorCard {
  /** What to do about it, one or two sentences. */
  readonly hint?: string
  /** Id of the lesson that explains it. */
  readonly lesson?: string
  /** The entry of the catalogue, where class and message do not tell it. */
  readonly kind?: string
}

/** The parts of an error that a card shows. */
export interface ErrorParts extends ErrorCard {
  /** What happened, without the rest of the message. */
  readonly summary: string
  /** The user's line, when it is known. */
  readonly source: SourceLocation | null
  readonly why?: string
  /** Title of the catalogue's entry. */
  readonly title?: string
}

/** Names of the classes that an error belongs to, nearest first. */
function classNames(type: unknown): string[] {
  const names: string[] = []
  for (let kind = type; typeof kind === 'function' && kind !== Error; kind = Object.getPrototypeOf(kind)) {
    names.push(nameOf(kind))
  }
  return names
}

function nameOf({ name }: { readonly name: string }): string {
  return name === 'JaxTypeError' ? 'TypeError' : name
}

function partsOf(type: unknown, summary: string, card: ErrorCard): ErrorParts {
  const entry: CatalogueEntry | null = entryFor(classNames(type), summary, card.kind)
  return {
    summary,
    source: currentSource(),
    hint: card.hint ?? entry?.fix,
    lesson: card.lesson ?? entry?.lesson ?? undefined,
    kind: entry?.kind,
    title: entry?.title,
    why: entry?.why,
  }
}

function messageOf({ summary, source, why, hint, lesson }: ErrorParts): string {
  const advice = [why, hint].filter((part) => part !== undefined).join(' ')
  return [
    summary,
    ...(source === null ? [] : [`At ${placeText(source)}.`]),
    ...(advice === '' ? [] : [advice]),
    ...(lesson === undefined ? [] : [`Lesson: ${lesson}`]),
  ].join('\n')
}

/** Says that something is not as it was asked for, and goes on: the message of the catalogue's entry, on the console. */
export function warn(summary: string, kind: string): void {
  console.warn(messageOf(partsOf(null, summary, { kind })))
}

const partsByError = new WeakMap<Error, ErrorParts>()

/** The parts of an error of this library; null for every other value. */
export function errorParts(error: unknown): ErrorParts | null {
  return error instanceof Error ? (partsByError.get(error) ?? null) : null
}

/** A TypeError or kin with a way out attached. */
export class JaxTypeError extends TypeError implements ErrorCard {
  readonly hint?: string
  readonly lesson?: string
  constructor(message: string, card: ErrorCard = {}) {
    const parts = partsOf(new.target, message, card)
    super(messageOf(parts))
    partsByError.set(this, parts)
    this.name = nameOf(new.target)
    this.hint = parts.hint
    this.lesson = parts.lesson
  }
}

/** Python's ValueError: right type, impossible value. */
export class ValueError extends RangeError implements ErrorCard {
  readonly hint?: string
  readonly lesson?: string
  constructor(message: string, card: ErrorCard = {}) {
    const parts = partsOf(new.target, message, card)
    super(messageOf(parts))
    partsByError.set(this, parts)
    this.name = 'ValueError'
    this.hint = parts.hint
    this.lesson = parts.lesson
  }
}

/** A tracer was asked for a value that only exists when the program runs. */
export class ConcretizationTypeError extends JaxTypeError {}

/** `if (x > 0)` on a tracer. */
export class TracerBoolConversionError extends ConcretizationTypeError {}

/** A tracer was used where numbers in memory are needed (`tolist`, `data`, a typed array). */
export class TracerArrayConversionError extends JaxTypeError {}

/** A tracer was used as an index of a JS array or as a shape. */
export class TracerIntegerConversionError extends JaxTypeError {}

/** Boolean mask indexing whose result shape depends on values. */
export class NonConcreteBooleanIndexError extends JaxTypeError {}

/** A tracer outlived the transformation that made it. */
export class UnexpectedTracerError extends JaxTypeError {}

/** A PRNG key was spent twice. */
export class KeyReuseError extends JaxTypeError {}

/** Something that was asserted does not hold, such as a gradient that finite differences contradict. */
export class AssertionError extends JaxTypeError {}

/** Python's RuntimeError: what was asked for is not there in this process. */
export class RuntimeError extends JaxTypeError {}

/** A way to call a function that JAX's signature allows and its implementation does not have. */
export class NotImplementedError extends RuntimeError {}

/** A program computed NaN or infinity while `debugNans` or `debugInfs` watch for it. Python's FloatingPointError. */
export class FloatingPointError extends JaxTypeError {}

/** A target of the compiler has no way yet to compute something. */
export class MissingLoweringError extends JaxTypeError {
  constructor(platform: string, what: string) {
    super(`platform '${platform}' cannot compute ${what} yet`, {
      hint: `Set config.update('platform', 'reference') to run everything, or jit only what the platform can do.`,
    })
  }
}

/** A device ended, or failed, while it ran a program. It is replaced; arrays on the host are not lost. */
export class DeviceLostError extends JaxTypeError {
  constructor(device: string, reason = 'its thread ended') {
    super(`device ${device} could not finish: ${reason}`, {
      hint: 'The device is started anew for the next run. Run the cell again; if it fails again, the program itself is at fault.',
    })
  }
}
