/** How this window was left: matters of one screen, so they stay in the browser and are not part of the settings. */
interface Preference<Value> {
  read(): Value
  write(value: Value): void
}

function preference<Value>(name: string, parse: (text: string | null) => Value): Preference<Value> {
  const key = `jax-workshop-lab.${name}`
  return {
    read: () => parse(localStorage.getItem(key)),
    write: (value) => localStorage.setItem(key, String(value)),
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
