import { availableParallelism } from 'node:os'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { headlessBrowser } from './build/browser.mjs'

/** Tests that open a page: components in vitest's browser mode, journeys in a browser of their own. */
const component = 'tests/renderer/**/*.component.test.ts'
/** Sums up what the conformance tests left behind, so it runs after them. */
const matrix = 'tests/conformance/matrix.test.ts'
const plugins = [svelte({ configFile: false })]

export default defineConfig({
  test: {
    projects: [
      {
        plugins,
        test: {
          name: 'unit',
          pool: 'forks',
          restoreMocks: true,
          include: ['tests/**/*.test.ts'],
          exclude: [component, 'tests/conformance/**', 'tests/e2e/**'],
          sequence: { groupOrder: 0 },
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'conformance',
          pool: 'forks',
          include: ['tests/conformance/**/*.test.ts'],
          exclude: [matrix],
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'matrix',
          pool: 'forks',
          include: [matrix],
          sequence: { groupOrder: 2 },
        },
      },
      {
        plugins,
        test: {
          name: 'component',
          include: [component],
          sequence: { groupOrder: 3 },
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: await headlessBrowser() }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        test: {
          name: 'e2e',
          pool: 'forks',
          include: ['tests/e2e/**/*.test.ts'],
          sequence: { groupOrder: 4 },
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
