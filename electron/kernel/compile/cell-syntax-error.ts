/** A cell that cannot be compiled. Offsets are into the user's own text. */
export class CellSyntaxError extends SyntaxError {
  override readonly name = 'SyntaxError'
  readonly start: number
  readonly end: number
  readonly hint: string | undefined

  constructor(message: string, start: number, end: number = start, hint?: string) {
    super(message)
    this.start = start
    this.end = end
    this.hint = hint
  }
}
