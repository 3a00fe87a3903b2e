/**
 * The errors of the system. Class names are JAX's; messages say what happened, with shapes, dtypes
 * and names, then the way out. `hint` and `lesson` feed the app's error card.
 */
export interface ErrorCard {
  /** What to do about it, one or two sentences. */
  readonly hint?: string
  /** Id of the lesson that explains it. */
  readonly lesson?: string
}

/** A TypeError or kin with a way out attached. */
export class JaxTypeError extends TypeError implements ErrorCard {
  readonly hint?: string
  readonly lesson?: string
  constructor(message: string, card: ErrorCard = {}) {
    super(message)
    this.name = new.target.name === 'JaxTypeError' ? 'TypeError' : new.target.name
    this.hint = card.hint
    this.lesson = card.lesson
  }
}

/** Python's ValueError: right type, impossible value. */
export class ValueError extends RangeError implements ErrorCard {
  readonly hint?: string
  readonly lesson?: string
  constructor(message: string, card: ErrorCard = {}) {
    super(message)
    this.name = 'ValueError'
    this.hint = card.hint
    this.lesson = card.lesson
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
