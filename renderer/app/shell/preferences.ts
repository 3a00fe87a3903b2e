import { browserStorage } from './browser-storage.ts'

/** How this window was left: matters of one screen, so they stay in the browser and are not part of the settings. */
interface Preference<Value> {
  read(): Value
  write(value: Value): void
}

function preference<Value>(name: string, parse: (text: string | null) => Value): Preference<Value> {
  const key = `jax-workshop-lab.${name}`
  return {
    read: () => parse(browserStorage(window).getItem(key)),
    write: (value) => {
      try {
        browserStorage(window).setItem(key, String(value))
      } catch {
        // A browser that is full forgets how wide the dock was; what was typed comes first.
      }
    },
  }
}

export const stored = {
  /** Pixels, or null for what the window gives. */
  dockWidth: preference<number | null>('dock-width', (text) => {
    const width = Number(text ?? Number.NaN)
    return Number.isFinite(width) ? width : null
  }),
  singleKeys: preference('single-keys', (text) => text !== 'false'),
}
