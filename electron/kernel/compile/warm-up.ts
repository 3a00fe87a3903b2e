import { compileCell } from './compile-cell.ts'

/** Compiles a cell that nobody runs: what removes types is loaded when it is first used, which the first cell need not wait for. */
export function warmUpCompiler(): void {
  compileCell('const x: number = f(1)\nx + 1', { modules: {}, firstPosition: 1, lazyMembers: new Set() })
}
