import type { Links } from '../scene.ts'
import type { PlacedBlock } from './boxes.ts'

/** Where the arrow keys lead: up to operands, down to readers, left and right in reading order. */
export function keyboardLinks(placed: PlacedBlock): Map<string, Links> {
  const up = new Map<string, string[]>()
  const down = new Map<string, string[]>()
  const order: string[] = []
  collect(placed, null)
  return new Map(
    order.map((id, index) => {
      const before = order[index - 1]
      const after = order[index + 1]
      return [
        id,
        {
          up: up.get(id) ?? [],
          down: down.get(id) ?? [],
          left: before === undefined ? [] : [before],
          right: after === undefined ? [] : [after],
        },
      ]
    }),
  )

  function collect(block: PlacedBlock, container: string | null): void {
    const focusable = new Set(
      block.parts.filter(({ part }) => part.content.kind !== 'literal').map(({ part }) => part.id),
    )
    for (const { part } of block.parts) {
      if (!focusable.has(part.id)) continue
      order.push(part.id)
      if (container !== null && part.content.kind === 'argument') push(up, part.id, container)
      if (container !== null && part.content.kind === 'result') push(down, part.id, container)
      for (const frame of part.frames) collect(frame.content, part.id)
    }
    for (const wire of block.wires) {
      if (!focusable.has(wire.from) || !focusable.has(wire.to)) continue
      push(up, wire.to, wire.from)
      push(down, wire.from, wire.to)
    }
  }
}

function push(map: Map<string, string[]>, key: string, id: string): void {
  const known = map.get(key)
  if (!known) map.set(key, [id])
  else if (!known.includes(id)) known.push(id)
}
