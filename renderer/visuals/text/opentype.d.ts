/** The ES module of the package: Node's own resolution would pick the CommonJS file, which has no named exports. */
declare module 'opentype.js/dist/opentype.mjs' {
  export * from 'opentype.js'
}
