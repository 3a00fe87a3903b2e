import js from '@eslint/js'
import { createNodeResolver, importX } from 'eslint-plugin-import-x'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'
import { oneWayImports } from './build/one-way-imports.js'

export default ts.config(
  { ignores: ['dist/', 'dist-*/', '.cache/', 'node_modules/', 'workshops/'] },
  js.configs.recommended,
  ts.configs.recommended,
  svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.node } },
    plugins: { 'import-x': importX, lab: { rules: { 'one-way-imports': oneWayImports } } },
    settings: {
      'import-x/resolver-next': [createNodeResolver()],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/ignore': ['node_modules'],
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
      ],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      // Text of programs contains control characters, and they are matched on purpose.
      'no-control-regex': 'off',
      'no-console': 'off',
      'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'lab/one-way-imports': 'error',
    },
  },
  {
    // The rules of a primitive are written with other primitives, so their definitions refer to each other;
    // each is called only once all are there.
    files: ['core/{primitives,interpreters}/**'],
    rules: { 'import-x/no-cycle': 'off' },
  },
  {
    files: ['renderer/**', 'tests/renderer/**', 'tests/e2e/**', 'electron/preload.ts'],
    languageOptions: { globals: { ...globals.browser } },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'] } },
    // A plain Map or Set is right where nothing on the screen depends on it.
    rules: { 'svelte/prefer-svelte-reactivity': 'off' },
  },
)
