import { ValueError } from '../errors.ts'
import type { ShapedArray } from '../ir/aval.ts'
import type { Device } from './device.ts'
import type { Mesh } from './mesh.ts'
import type { Sharding } from './named-sharding.ts'

/** An operand that was put on devices, as an error names it. */
export interface PutOperand {
  readonly aval: ShapedArray
  readonly placement: Sharding | null
}

/**
 * Refuses operands that were put on different devices: a computation runs where its operands lie.
 *
 * @param nameOf What operand i is called: `x`, `args[0]`.
 * @param mesh The mesh that the computation itself is for, and what asks for it.
 */
export function assertSameDevices(
  operation: string,
  operands: readonly PutOperand[],
  nameOf: (position: number) => string,
  mesh: { readonly mesh: Mesh; readonly named: string } | null = null,
): void {
  let first: number | null = null
  for (const [i, { placement }] of operands.entries()) {
    if (placement === null) continue
    const before: Sharding | null = first === null ? null : operands[first].placement
    if (before === null || first === null) {
      first = i
    } else if (!sameDevices(before.devices, placement.devices)) {
      throw incompatible(
        described(operation, operands[first], nameOf(first)),
        described(operation, operands[i], nameOf(i)),
      )
    }
  }
  if (mesh === null || first === null) return
  const { placement } = operands[first]
  if (placement === null || sameDevices(placement.devices, mesh.mesh.devices)) return
  throw incompatible(
    described(operation, operands[first], nameOf(first)),
    `${mesh.named} with ${idsOf(mesh.mesh.devices)}`,
  )
}

function incompatible(one: string, other: string): ValueError {
  return new ValueError(
    `Received incompatible devices for jitted computation. Got ${one} and ${other}. Arrays that were put on devices are computed with there.`,
    { kind: 'incompatible-devices' },
  )
}

function described(operation: string, { aval, placement }: PutOperand, name: string): string {
  const shape = `${aval.dtype}[${aval.shape.join(',')}]`
  return `argument ${name} of ${operation} with shape ${shape} and with ${idsOf(placement?.devices ?? [])}`
}

function idsOf(devices: readonly Device[]): string {
  const platform = devices[0]?.platform ?? 'cpu'
  return `device ids [${devices.map(({ id }) => id).join(', ')}] on platform ${platform.toUpperCase()}`
}

function sameDevices(a: readonly Device[], b: readonly Device[]): boolean {
  return a.length === b.length && a.every((device, i) => device === b[i])
}
