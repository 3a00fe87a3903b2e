import { existsSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import type { Plugin } from 'vite'

const reference = /new URL\(\s*(['"])(\.{1,2}\/[^'"]+\.ts)\1\s*,\s*import\.meta\.url\s*\)/g

/**
 * Files that run in a thread or a process of their own are named in the source by
 * `new URL('./file.ts', import.meta.url)`, which Node runs as it stands. In a bundle the file becomes an
 * entry, and the reference points at what was emitted for it. All chunks lie in one folder.
 *
 * @param apart files under this folder are entries of another bundle, which lies in a folder of its own
 */
export function threadEntries(root: string, apart?: { readonly source: string; readonly folder: string }): Plugin {
  const emitted = new Set<string>()
  return {
    name: 'thread-entries',
    buildStart: () => emitted.clear(),
    apply: 'build',
    transform: {
      filter: { id: /\.ts$/, code: 'import.meta.url' },
      handler(code, id) {
        let found = false
        const rewritten = code.replace(reference, (whole, _quote, path: string) => {
          const file = resolve(dirname(id), path)
          if (!existsSync(file)) return whole
          found = true
          const name = relative(root, file).replaceAll('\\', '/')
          const fileName = `${name.replace(/\.ts$/, '').replaceAll('/', '.')}.js`
          if (apart !== undefined && name.startsWith(apart.source)) {
            return `new URL('${apart.folder}${fileName}', import.meta.url)`
          }
          if (!emitted.has(fileName)) this.emitFile({ type: 'chunk', id: file, fileName })
          emitted.add(fileName)
          return `new URL('./${fileName}', import.meta.url)`
        })
        return found ? { code: rewritten, map: null } : null
      },
    },
  }
}
