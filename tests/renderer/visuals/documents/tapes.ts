import type { TapeDocument } from '../../../../core/inspect/documents.ts'
import { array, line, scalar } from './builder.ts'

/** `(x, y) => x * sin(y) + cos(x)` at (0.5, 0.75), tangents 1 and 1, cotangent 1. */
export const productTape: TapeDocument = {
  kind: 'tape',
  version: 1,
  title: 'f',
  nodes: [
    {
      id: 'x',
      primitive: 'input',
      label: 'x',
      name: 'a',
      operands: [],
      operandTexts: [],
      text: 'a:f32[]',
      primal: scalar(0.5),
      inactive: false,
    },
    {
      id: 'y',
      primitive: 'input',
      label: 'y',
      name: 'b',
      operands: [],
      operandTexts: [],
      text: 'b:f32[]',
      primal: scalar(0.75),
      inactive: false,
    },
    {
      id: 's',
      primitive: 'sin',
      label: 'sin',
      name: 'c',
      operands: ['y'],
      operandTexts: ['b'],
      text: 'c:f32[] = sin b',
      source: line(1, 23),
      primal: scalar(0.681639),
      inactive: false,
    },
    {
      id: 'm',
      primitive: 'mul',
      label: 'mul',
      name: 'd',
      operands: ['x', 's'],
      operandTexts: ['a', 'c'],
      text: 'd:f32[] = mul a c',
      source: line(1, 19),
      primal: scalar(0.340819),
      inactive: false,
    },
    {
      id: 'k',
      primitive: 'cos',
      label: 'cos',
      name: 'e',
      operands: ['x'],
      operandTexts: ['a'],
      text: 'e:f32[] = cos a',
      source: line(1, 35),
      primal: scalar(0.877583),
      inactive: false,
    },
    {
      id: 'z',
      primitive: 'add',
      label: 'add',
      name: 'f',
      operands: ['m', 'k'],
      operandTexts: ['d', 'e'],
      text: 'f:f32[] = add d e',
      source: line(1, 33),
      primal: scalar(1.218402),
      inactive: false,
    },
  ],
  inputs: ['x', 'y'],
  outputs: ['z'],
  forwardCaption: 'tangent 1, 1 rides along',
  reverseCaption: 'cotangent 1 comes back',
  forward: [
    { node: 'x', tangent: scalar(1), text: 'seed 1' },
    { node: 'y', tangent: scalar(1), text: 'seed 1' },
    { node: 's', tangent: scalar(0.731689), text: 'cos b × 1' },
    { node: 'm', tangent: scalar(1.047483), text: 'through a 0.6816, through c 0.3658' },
    { node: 'k', tangent: scalar(-0.479426), text: '−sin a × 1' },
    { node: 'z', tangent: scalar(0.568057), text: 'through d 1.0475, through e −0.4794' },
  ],
  reverse: [
    { phase: 'primal', node: 'x', kept: [], text: '' },
    { phase: 'primal', node: 'y', kept: [], text: '' },
    { phase: 'primal', node: 's', kept: ['r0'], text: '' },
    { phase: 'primal', node: 'm', kept: ['r1', 'r2'], text: '' },
    { phase: 'primal', node: 'k', kept: ['r3'], text: '' },
    { phase: 'primal', node: 'z', kept: [], text: '' },
    {
      phase: 'cotangent',
      node: 'z',
      cotangent: scalar(1),
      contributions: [
        { to: 'm', value: scalar(1), sum: scalar(1) },
        { to: 'k', value: scalar(1), sum: scalar(1) },
      ],
      freed: [],
      text: '',
    },
    {
      phase: 'cotangent',
      node: 'k',
      cotangent: scalar(1),
      contributions: [{ to: 'x', value: scalar(-0.479426), sum: scalar(-0.479426) }],
      freed: ['r3'],
      text: '',
    },
    {
      phase: 'cotangent',
      node: 'm',
      cotangent: scalar(1),
      contributions: [
        { to: 'x', value: scalar(0.681639), sum: scalar(0.202213) },
        { to: 's', value: scalar(0.5), sum: scalar(0.5) },
      ],
      freed: ['r1', 'r2'],
      text: '',
    },
    {
      phase: 'cotangent',
      node: 's',
      cotangent: scalar(0.5),
      contributions: [{ to: 'y', value: scalar(0.365844), sum: scalar(0.365844) }],
      freed: ['r0'],
      text: '',
    },
  ],
  residuals: [
    { id: 'r0', node: 's', label: 'cos b', value: scalar(0.731689), bytes: 4 },
    { id: 'r1', node: 'm', label: 'a', value: scalar(0.5), bytes: 4 },
    { id: 'r2', node: 'm', label: 'c', value: scalar(0.681639), bytes: 4 },
    { id: 'r3', node: 'k', label: 'sin a', value: scalar(0.479426), bytes: 4 },
  ],
  passes: { forward: 2, reverse: 1 },
}

/** A chain `sin(2 * tanh(…))` over arrays with an integer count that no derivative passes through. */
export const chainTape: TapeDocument = chain(18)

function chain(length: number): TapeDocument {
  const value = (index: number) => array(`mean ${(0.9 - index / 40).toFixed(2)}, 0.01 … 0.99`, 'f32[64,32]')
  const nodes: TapeDocument['nodes'][number][] = [
    {
      id: 'n0',
      primitive: 'input',
      label: 'images',
      name: 'a',
      operands: [],
      operandTexts: [],
      text: 'a:f32[64,32]',
      primal: value(0),
      inactive: false,
    },
  ]
  for (let index = 1; index <= length; index++) {
    const joins = index % 5 === 0 && index > 3
    const primitive = joins ? 'add' : index % 2 ? 'tanh' : 'mul'
    nodes.push({
      id: `n${index}`,
      primitive,
      label: primitive,
      name: `v${index}`,
      operands: joins
        ? [`n${index - 1}`, `n${index - 3}`]
        : primitive === 'mul'
          ? [null, `n${index - 1}`]
          : [`n${index - 1}`],
      operandTexts: joins ? [`v${index - 1}`, `v${index - 3}`] : [`v${index - 1}`],
      text: `v${index}:f32[64,32] = ${primitive}`,
      source: line(index),
      primal: value(index),
      inactive: false,
    })
  }
  const residuals = nodes
    .slice(1)
    .filter(({ primitive }) => primitive !== 'add')
    .map(({ id }) => ({ id: `k${id}`, node: id, label: 'partial', value: value(3), bytes: 8192 }))
  const arrived = new Map<string, number>()
  const back = nodes
    .slice(1)
    .toReversed()
    .map((node) => ({
      phase: 'cotangent' as const,
      node: node.id,
      cotangent: value(2),
      contributions: node.operands.flatMap((to) => {
        if (to === null) return []
        arrived.set(to, (arrived.get(to) ?? 0) + 1)
        return [{ to, value: value(4), sum: value(arrived.get(to) ?? 0) }]
      }),
      freed: residuals.filter((residual) => residual.node === node.id).map(({ id }) => id),
      text: '',
    }))
  return {
    kind: 'tape',
    version: 1,
    title: 'deep',
    nodes,
    inputs: ['n0'],
    outputs: [`n${length}`],
    forwardCaption: 'a tangent of ones rides along',
    reverseCaption: 'a cotangent of ones comes back',
    forward: nodes.map(({ id }) => ({ node: id, tangent: value(5), text: '' })),
    reverse: [
      ...nodes.map(({ id }) => ({
        phase: 'primal' as const,
        node: id,
        kept: residuals.filter(({ node }) => node === id).map((residual) => residual.id),
        text: '',
      })),
      ...back,
    ],
    residuals,
    passes: { forward: 2048, reverse: 2048 },
  }
}
