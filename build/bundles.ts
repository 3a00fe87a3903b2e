import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import type { InlineConfig, Plugin } from 'vite'
import { threadEntries } from './thread-entries.ts'

const nodeBuiltins = builtinModules.flatMap((name) => [name, `node:${name}`])
/** Packages with a native binary, and Electron itself, are loaded where they are. */
const external = ['electron', 'webgpu', '@kmamal/gpu', 'node:sqlite', ...nodeBuiltins]

/** The page: everything it loads lies beside it, so that a strict content security policy is enough. */
function page(root: string, outDir: string): InlineConfig {
  return {
    configFile: false,
    root: join(root, 'renderer'),
    base: './',
    publicDir: false,
    logLevel: 'warn',
    plugins: [svelte({ configFile: false })],
    worker: { format: 'es' },
    build: {
      outDir: join(outDir, 'renderer'),
      emptyOutDir: true,
      target: 'chrome140',
      // A data: address would need its own exception in the policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 12_000,
      rolldownOptions: { checks: { bundlerTimings: false } },
    },
  }
}

/** The host and what a kernel runs lie apart: only the kernel's files stay outside a packaged application's archive. */
const kernelApart = { source: 'electron/kernel/', folder: '../kernel/' }

function nodeSide(root: string, outDir: string, entries: Record<string, string>, threads: Plugin): InlineConfig {
  return {
    configFile: false,
    root,
    publicDir: false,
    logLevel: 'warn',
    plugins: [threads],
    ssr: { noExternal: true, external },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: false,
      target: 'node26',
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input: entries,
        external,
        checks: { bundlerTimings: false },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  }
}

function preload(root: string, outDir: string): InlineConfig {
  return {
    configFile: false,
    root,
    publicDir: false,
    logLevel: 'warn',
    build: {
      outDir: join(outDir, 'electron'),
      emptyOutDir: false,
      target: 'chrome140',
      minify: false,
      // A sandboxed preload has no module loader: one CommonJS file.
      lib: { entry: join(root, 'electron/preload.ts'), formats: ['cjs'], fileName: () => 'preload.cjs' },
      rolldownOptions: { external: ['electron'] },
    },
  }
}

/** What is built, in order. */
export function bundles(root: string, outDir: string): readonly InlineConfig[] {
  const entry = (path: string) => join(root, 'electron', path)
  return [
    page(root, outDir),
    nodeSide(
      root,
      join(outDir, 'electron'),
      { main: entry('main.ts'), serve: entry('serve.ts') },
      threadEntries(root, kernelApart),
    ),
    nodeSide(root, join(outDir, 'kernel'), { 'electron.kernel.main': entry('kernel/main.ts') }, threadEntries(root)),
    preload(root, outDir),
  ]
}
