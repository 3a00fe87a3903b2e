import { dirname, relative, resolve } from 'node:path'

/**
 * Storeys of core, from the ground up: code runs only what lies in its own storey or below. Types may
 * point upward, since a program names the primitives it consists of.
 */
const storeys = [
  ['errors', 'config', 'ir'],
  ['runtime', 'tracing', 'sharding'],
  ['tree', 'compiler'],
  ['primitives'],
  ['interpreters'],
  ['control'],
  ['lax'],
  ['numpy', 'random', 'nn', 'ops', 'scipy'],
  ['api', 'optimizers', 'devices'],
  ['test'],
  ['inspect'],
  ['index'],
]

/** @param {string} name A folder or file of core, without extension. */
const storeyOf = (name) => storeys.findIndex((storey) => storey.includes(name))

/**
 * Why a file must not import another, or null when it may.
 *
 * @param {string} from Path of the importing file from the root of the project.
 * @param {string} to Path of the imported file from there.
 * @param {boolean} typeOnly
 * @returns {string | null}
 */
export function importProblem(from, to, typeOnly) {
  const [fromTop = '', fromArea = ''] = from.split('/')
  const [toTop = '', toArea = ''] = to.split('/')
  if (toTop === 'tests' && fromTop !== 'tests') return 'nothing but tests imports tests'
  if (fromTop === 'core') {
    if (toTop !== 'core') return 'core knows nothing outside itself'
    const name = (/** @type {string} */ area) => area.replace(/\.ts$/, '')
    if (storeyOf(name(toArea)) < 0) return `core/${name(toArea)} has no storey in build/one-way-imports.js`
    if (typeOnly || storeyOf(name(toArea)) <= storeyOf(name(fromArea))) return null
    return `core/${name(fromArea)} lies below core/${name(toArea)}`
  }
  if (fromTop === 'renderer') {
    if (toTop === 'renderer' || to === 'electron/protocol.ts' || to === 'electron/bridge.ts') return null
    if (toTop === 'core' && toArea === 'inspect') return null
    return 'the page knows the protocol and the inspection documents only'
  }
  if (fromTop !== 'electron' || to === 'electron/protocol.ts') return null
  if (toTop === 'renderer' || toTop === 'build') return 'the desktop side knows neither the page nor the build'
  if (fromArea === 'kernel' && toTop === 'electron' && toArea !== 'kernel') return 'a kernel knows nothing of the host'
  if (fromArea === 'host' && toTop === 'electron' && /^(main|preload|serve|window|menu|security)/.test(toArea)) {
    return 'the host runs under plain Node as well'
  }
  if (fromArea !== 'kernel' && toTop === 'core' && !typeOnly) return 'core runs in the kernel, not in the host'
  return null
}

/**
 * The lint rule: relative imports, also `import()` and re-exports, against `importProblem`.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
export const oneWayImports = {
  meta: { type: 'problem', schema: [], messages: { wrongWay: 'Imports go one way: {{why}}.' } },
  create(context) {
    /** @param {string} path */
    const place = (path) => relative(context.cwd, path).replaceAll('\\', '/')
    /**
     * @param {import('eslint').Rule.Node} node Where to report.
     * @param {unknown} specifier
     * @param {boolean} typeOnly
     */
    const check = (node, specifier, typeOnly) => {
      if (typeof specifier !== 'string' || !specifier.startsWith('.')) return
      const target = resolve(dirname(context.filename), specifier.replace(/\?.*$/, ''))
      const why = importProblem(place(context.filename), place(target), typeOnly)
      if (why) context.report({ node, messageId: 'wrongWay', data: { why } })
    }
    return {
      ImportDeclaration: (node) => check(node, node.source.value, 'importKind' in node && node.importKind === 'type'),
      ExportAllDeclaration: (node) =>
        check(node, node.source.value, 'exportKind' in node && node.exportKind === 'type'),
      ExportNamedDeclaration: (node) =>
        check(node, node.source?.value, 'exportKind' in node && node.exportKind === 'type'),
      ImportExpression: (node) => check(node, node.source.type === 'Literal' ? node.source.value : null, false),
    }
  },
}
