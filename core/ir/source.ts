/** Where in the user's own code an equation was made. Lines and columns count from 1. */
export interface SourceLocation {
  readonly file: string
  readonly line: number
  readonly column: number
  /** The innermost user function, when the engine knows its name. */
  readonly functionName?: string
}
