/** Builds everything into the folder given as the only argument. */
import { build } from 'vite'
import { bundles } from './bundles.ts'
import { root } from './project.mjs'

const outDir = process.argv[2]
if (!outDir) throw new Error('Usage: node build/bundle.ts <folder>')
for (const bundle of bundles(root, outDir)) await build(bundle)
