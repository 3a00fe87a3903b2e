import type { KeysDocument } from '../../../../core/inspect/documents.ts'
import { line } from './builder.ts'

/** One key split in three, a foldIn, and a child that is spent twice. */
export const reusedKeys: KeysDocument = {
  kind: 'keys',
  version: 1,
  title: 'keys of cell 1',
  reuses: 1,
  nodes: [
    { id: 'k0', parent: null, edge: 'key(42)', path: 'key(42)', words: ['00000000', '0000002a'], source: line(1), uses: [], reused: false },
    { id: 'k1', parent: 'k0', edge: 'split 0 of 3', path: 'key(42)/0', words: ['6d3e048f', '1022172d'], source: line(2), uses: [{ operation: 'normal f32[3]', source: line(3) }], reused: false },
    {
      id: 'k2',
      parent: 'k0',
      edge: 'split 1 of 3',
      path: 'key(42)/1',
      words: ['03d7b32d', 'adfa1e8c'],
      source: line(2),
      uses: [{ operation: 'normal f32[3]', source: line(4) }, { operation: 'uniform f32[3]', source: line(5) }],
      reused: true,
      reason: 'it was spent on normal (line 4) and again on uniform (line 5), so the two draws are not independent.',
    },
    { id: 'k3', parent: 'k0', edge: 'split 2 of 3', path: 'key(42)/2', words: ['92ac1f88', '0fe05c13'], source: line(2), uses: [], reused: false },
    { id: 'k4', parent: 'k3', edge: 'foldIn 7', path: 'key(42)/2/fold 7', words: ['5b1c0aef', '4410d2a9'], source: line(6), uses: [{ operation: 'permutation i32[10]', source: line(7) }], reused: false },
    { id: 'k5', parent: 'k3', edge: 'foldIn 8', path: 'key(42)/2/fold 8', words: ['77f01b4d', '9a3e5510'], source: line(6), uses: [{ operation: 'bits u32[4]', source: line(8) }], reused: false },
  ],
}
