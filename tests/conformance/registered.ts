import { condPrimitive } from '../../core/control/cond.ts'
import { jitPrimitive } from '../../core/control/jit.ts'
import { scanPrimitive } from '../../core/control/scan.ts'
import { whilePrimitive } from '../../core/control/while.ts'
import { customJvpPrimitive, customVjpPrimitive } from '../../core/interpreters/custom-calls.ts'
import { allPrimitives } from '../../core/primitives/registry.ts'

/**
 * The rows of the matrix: every primitive a program can contain. `custom_lin` is not among them: it lives
 * only between the two halves of reverse mode and no finished program contains it.
 */
export const primitiveNames: readonly string[] = [
  ...allPrimitives,
  jitPrimitive,
  condPrimitive,
  whilePrimitive,
  scanPrimitive,
  customJvpPrimitive,
  customVjpPrimitive,
].map(({ name }) => name)
