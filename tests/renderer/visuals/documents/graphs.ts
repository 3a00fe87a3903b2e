import type { GraphBlock, GraphDocument } from '../../../../core/inspect/documents.ts'
import { BlockBuilder } from './builder.ts'

function graph(title: string, root: GraphBlock): GraphDocument {
  return { kind: 'graph', version: 1, title, jaxpr: root.nodes.map((node) => node.text).join('\n'), root }
}

/** `(x, y) => x * sin(y) + cos(x)` */
export const productGraph = graph(
  'f',
  new BlockBuilder('f')
    .input('a', 'f32[]', 'x')
    .input('b', 'f32[]', 'y')
    .equation('c:f32[]', 'sin', 'b', 1)
    .equation('d:f32[]', 'mul', 'a c', 1)
    .equation('e:f32[]', 'cos', 'a', 1)
    .equation('g:f32[]', 'add', 'd e', 1)
    .block('f', 'g'),
)

/** A scan whose body holds a cond, before it a jit of `where`. */
export const scanGraph = (() => {
  const negative = new BlockBuilder('n').input('a', 'f32[3]').equation('b:f32[3]', 'neg', 'a', 4).block('branch 0', 'b')
  const doubled = new BlockBuilder('p')
    .input('a', 'f32[3]')
    .equation('b:f32[3]', 'mul', 'a 2.0', 5)
    .block('branch 1', 'b')
  const body = new BlockBuilder('s')
    .input('a', 'f32[3]')
    .input('b', 'f32[3]')
    .equation('c:f32[3]', 'add', 'a b', 3)
    .equation('d:f32[]', 'reduce_sum', 'c', 3, { axes: '(0,)' })
    .equation('e:bool[]', 'gt', 'd 0.0', 3)
    .equation('g:i32[]', 'convert_element_type', 'e', 3, { new_dtype: 'int32', weak_type: 'False' })
    .equation('h:f32[3]', 'cond', 'g c', 4, {}, [negative, doubled])
    .block('body', 'h d')
  const where = new BlockBuilder('w')
    .input('a', 'bool[10,3]')
    .input('b', 'f32[10,3]')
    .equation('c:f32[10,3]', 'broadcast_in_dim', '0.0', 2, { broadcast_dimensions: '()', shape: '(10, 3)' })
    .equation('d:f32[10,3]', 'select_n', 'a c b', 2)
    .block('_where', 'd')
  return graph(
    'smooth',
    new BlockBuilder('r')
      .input('a', 'f32[3]', 'start')
      .input('b', 'f32[10,3]', 'steps')
      .equation('c:bool[10,3]', 'gt', 'b 0.0', 2)
      .equation('d:f32[10,3]', 'jit', 'c b', 2, { name: '_where' }, [where])
      .equation('e:f32[3] f:f32[10]', 'scan', 'a d', 3, { length: '10', reverse: 'False' }, [body])
      .equation('g:f32[]', 'reduce_max', 'f', 8, { axes: '(0,)' })
      .block('smooth', 'e g'),
  )
})()

/** A while loop with a condition and a body. */
export const whileGraph = (() => {
  const condition = new BlockBuilder('k')
    .input('a', 'f32[]')
    .input('b', 'i32[]')
    .equation('c:bool[]', 'lt', 'b 20', 2)
    .block('cond', 'c')
  const body = new BlockBuilder('l')
    .input('a', 'f32[]')
    .input('b', 'i32[]')
    .equation('c:f32[]', 'div', '2.0 a', 3)
    .equation('d:f32[]', 'add', 'a c', 3)
    .equation('e:f32[]', 'mul', '0.5 d', 3)
    .equation('g:i32[]', 'add', 'b 1', 3)
    .block('body', 'e g')
  return graph(
    'root2',
    new BlockBuilder('t')
      .input('a', 'f32[]', 'guess')
      .equation('b:f32[] c:i32[]', 'while', 'a 0', 2, {}, [condition, body])
      .block('root2', 'b'),
  )
})()

/** The gradient of a two-layer network, about forty equations. */
export const networkGraph = (() => {
  const b = new BlockBuilder('m')
    .input('a', 'f32[4,16]', 'params.w1')
    .input('b', 'f32[16]', 'params.b1')
    .input('c', 'f32[16,1]', 'params.w2')
    .input('d', 'f32[1]', 'params.b2')
    .input('e', 'f32[32,4]', 'x')
    .input('f', 'f32[32,1]', 'y')
  const dot = (dims: string) => ({ dimension_numbers: dims })
  b.equation('g:f32[32,16]', 'dot_general', 'e a', 2, dot('(([1], [0]), ([], []))'))
    .equation('h:f32[1,16]', 'broadcast_in_dim', 'b', 2, { shape: '(1, 16)' })
    .equation('i:f32[32,16]', 'add', 'g h', 2)
    .equation('j:f32[32,16]', 'tanh', 'i', 2)
    .equation('k:f32[32,16]', 'sub', '1.0 j', 2)
    .equation('l:f32[32,1]', 'dot_general', 'j c', 3, dot('(([1], [0]), ([], []))'))
    .equation('m:f32[1,1]', 'broadcast_in_dim', 'd', 3, { shape: '(1, 1)' })
    .equation('n:f32[32,1]', 'add', 'l m', 3)
    .equation('o:f32[32,1]', 'sub', 'n f', 4)
    .equation('p:f32[32,1]', 'integer_pow', 'o', 4, { y: '2' })
    .equation('q:f32[32,1]', 'integer_pow', 'o', 4, { y: '1' })
    .equation('r:f32[32,1]', 'mul', '2.0 q', 4)
    .equation('s:f32[]', 'reduce_sum', 'p', 4, { axes: '(0, 1)' })
    .equation('t:f32[]', 'div', 's 32.0', 4)
    .equation('u:f32[]', 'div', '1.0 32.0', 4)
    .equation('v:f32[32,1]', 'broadcast_in_dim', 'u', 4, { shape: '(32, 1)' })
    .equation('w:f32[32,1]', 'mul', 'v r', 4)
    .equation('x:f32[1,1]', 'reduce_sum', 'w', 3, { axes: '(0,)' })
    .equation('y:f32[1]', 'reshape', 'x', 3, { new_sizes: '(1,)' })
    .equation('z:f32[1,16]', 'dot_general', 'w j', 3, dot('(([0], [0]), ([], []))'))
    .equation('ba:f32[16,1]', 'transpose', 'z', 3, { permutation: '(1, 0)' })
    .equation('bb:f32[32,16]', 'dot_general', 'w c', 3, dot('(([1], [1]), ([], []))'))
    .equation('bc:f32[32,16]', 'mul', 'bb k', 2)
    .equation('bd:f32[32,16]', 'mul', 'bc j', 2)
    .equation('be:f32[32,16]', 'add_any', 'bc bd', 2)
    .equation('bf:f32[1,16]', 'reduce_sum', 'be', 2, { axes: '(0,)' })
    .equation('bg:f32[16]', 'reshape', 'bf', 2, { new_sizes: '(16,)' })
    .equation('bh:f32[16,4]', 'dot_general', 'be e', 2, dot('(([0], [0]), ([], []))'))
    .equation('bi:f32[4,16]', 'transpose', 'bh', 2, { permutation: '(1, 0)' })
    .equation('bj:f32[4,16]', 'mul', '0.1 bi', 7)
    .equation('bk:f32[4,16]', 'sub', 'a bj', 7)
    .equation('bl:f32[16]', 'mul', '0.1 bg', 7)
    .equation('bm:f32[16]', 'sub', 'b bl', 7)
    .equation('bn:f32[16,1]', 'mul', '0.1 ba', 7)
    .equation('bo:f32[16,1]', 'sub', 'c bn', 7)
    .equation('bp:f32[1]', 'mul', '0.1 y', 7)
    .equation('bq:f32[1]', 'sub', 'd bp', 7)
  return graph('step', b.block('step', 't bk bm bo bq'))
})()

/** More equations than boxes are read of: a chain of `length`. */
export function longGraph(length: number): GraphDocument {
  const block = new BlockBuilder('q').input('v0', 'f32[8]', 'x')
  for (let index = 1; index <= length; index++) {
    const primitive = index % 3 === 0 ? 'add' : index % 2 === 0 ? 'sin' : 'mul'
    const operands = primitive === 'sin' ? `v${index - 1}` : `v${index - 1} v${Math.max(0, index - 7)}`
    block.equation(`v${index}:f32[8]`, primitive, operands, (index % 12) + 1)
  }
  return graph('long', block.block('long', `v${length}`))
}
