import type { ELK, ElkNode } from 'elkjs/lib/elk-api.js'
import type { Point } from '../scene.ts'
import { round } from '../shapes.ts'
import type { LayoutGraph, LayoutPort, Placement } from './engine.ts'

const layerConstraint = { first: 'FIRST', last: 'LAST' } as const

/** Lays a graph out with an ELK instance, wherever that runs. */
export async function layoutWithElk(elk: ELK, graph: LayoutGraph): Promise<Placement> {
  return placementOf(await elk.layout(toElk(graph)))
}

function toElk({ boxes, edges, spacing }: LayoutGraph): ElkNode {
  return {
    id: 'root',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'DOWN',
      // Splines and other placements make drawings of several hundred boxes absurdly tall or never end.
      'elk.edgeRouting': 'ORTHOGONAL',
      'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
      'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
      // Operands stay in the order they are written in, unless that costs crossings.
      'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
      'elk.layered.thoroughness': '12',
      'elk.separateConnectedComponents': 'false',
      'elk.padding': '[top=0,left=0,bottom=0,right=0]',
      'elk.spacing.nodeNode': String(spacing.box),
      'elk.layered.spacing.nodeNodeBetweenLayers': String(spacing.layer),
      'elk.spacing.edgeNode': String(spacing.edge),
      'elk.spacing.edgeEdge': String(spacing.edge),
      'elk.layered.spacing.edgeNodeBetweenLayers': String(spacing.edge),
      'elk.layered.spacing.edgeEdgeBetweenLayers': String(spacing.edge),
    },
    children: boxes.map((box) => ({
      id: box.id,
      width: box.width,
      height: box.height,
      layoutOptions: {
        'elk.portConstraints': 'FIXED_POS',
        ...(box.layer ? { 'elk.layered.layering.layerConstraint': layerConstraint[box.layer] } : {}),
      },
      ports: box.ports.map((port) => toElkPort(port, box.height)),
    })),
    edges: edges.map(({ id, from, to }) => ({ id, sources: [from], targets: [to] })),
  }
}

function toElkPort({ id, side, x }: LayoutPort, height: number) {
  return {
    id,
    width: 0,
    height: 0,
    x,
    y: side === 'top' ? 0 : height,
    layoutOptions: { 'elk.port.side': side === 'top' ? 'NORTH' : 'SOUTH' },
  }
}

function placementOf(root: ElkNode): Placement {
  const boxes = new Map<string, Point>()
  for (const { id, x = 0, y = 0 } of root.children ?? []) boxes.set(id, { x: round(x), y: round(y) })
  const edges = new Map<string, readonly Point[]>()
  for (const { id, sections = [] } of root.edges ?? []) {
    const points = sections.flatMap((section) => [section.startPoint, ...(section.bendPoints ?? []), section.endPoint])
    edges.set(
      id,
      points.map(({ x, y }) => ({ x: round(x), y: round(y) })),
    )
  }
  return { width: round(root.width ?? 0), height: round(root.height ?? 0), boxes, edges }
}
