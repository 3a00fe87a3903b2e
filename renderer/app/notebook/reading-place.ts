/** Lines of the window, in pixels. */
export interface Span {
  readonly top: number
  readonly bottom: number
}

/** Between what is shown and the edge of the window; a cell's buttons stand in it. */
const strip = 24

/**
 * How far to scroll so that a cell's code is in the window, and its caret whatever happens. Nothing moves that is in
 * sight already; of code taller than the window the beginning is shown on arrival, unless the caret is further down.
 */
export function scrollToShow(code: Span, caret: Span | null, window: Span, arriving: boolean): number {
  const room = { top: window.top + strip, bottom: window.bottom - strip }
  if (code.bottom - code.top <= room.bottom - room.top) return nearest(code, room)
  if (!arriving) return caret === null ? 0 : nearest(caret, room)
  const atTop = code.top - room.top
  if (caret === null || (caret.top - atTop >= room.top && caret.bottom - atTop <= room.bottom)) return atTop
  return nearest(caret, room)
}

function nearest(span: Span, room: Span): number {
  if (span.top < room.top || span.bottom - span.top > room.bottom - room.top) return span.top - room.top
  return Math.max(0, span.bottom - room.bottom)
}

/** A cell that can be kept in sight. */
export interface KeptCell {
  /** The element of its code. */
  readonly code: Element
  /** The line that the caret is in. */
  caret(): Span | null
}

/**
 * Keeps the cell that is being written in sight: outputs that arrive above it, however late and tall, must not push
 * it out of the window. It ends as soon as the reader scrolls or points somewhere.
 */
export class ReadingPlace {
  readonly #scroller: HTMLElement
  readonly #growth: ResizeObserver
  #kept: KeptCell | null = null

  constructor(scroller: HTMLElement, content: Element) {
    this.#scroller = scroller
    this.#growth = new ResizeObserver(() => this.#hold(false))
    this.#growth.observe(content)
    this.#growth.observe(scroller)
    const release = (): void => this.release()
    for (const event of ['wheel', 'touchmove', 'pointerdown']) {
      scroller.addEventListener(event, release, { passive: true })
    }
  }

  /** Brings a cell into the window, and keeps it there. */
  moveTo(cell: KeptCell): void {
    this.keep(cell)
    this.#hold(true)
  }

  /** Keeps a cell where it is seen now. */
  keep(cell: KeptCell): void {
    this.#kept = cell
  }

  release(): void {
    this.#kept = null
  }

  end(): void {
    this.release()
    this.#growth.disconnect()
  }

  #hold(arriving: boolean): void {
    const kept = this.#kept
    if (kept === null) return
    // Another window may have removed the cell that is being written.
    if (!kept.code.isConnected) return this.release()
    const { top } = this.#scroller.getBoundingClientRect()
    const window = { top, bottom: top + this.#scroller.clientHeight }
    const by = scrollToShow(kept.code.getBoundingClientRect(), kept.caret(), window, arriving)
    if (Math.abs(by) >= 1) this.#scroller.scrollBy({ top: by, behavior: 'instant' })
  }
}
