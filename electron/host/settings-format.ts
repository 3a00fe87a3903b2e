import * as v from 'valibot'
import { type Settings, settingsSchema } from '../protocol.ts'
import { type FileFormat, type JsonObject, migrate } from './file-version.ts'

export interface StoredSettings {
  readonly settings: Settings
  /** Fields of the file that a newer lab added. */
  readonly fields: JsonObject
}

const firstSettings: Settings = { theme: 'system', cpuDevices: 1, lastLessonId: null }

/** The settings: `{ "version": 2, "theme", "cpuDevices", "lastLessonId" }`. Version 1 had no version. */
export const settingsFormat: FileFormat<StoredSettings> = {
  empty: { settings: firstSettings, fields: {} },
  read(document) {
    const { version: _version, ...given } = migrate(document, [(old) => ({ ...old, version: 2 })])
    const fields = new Map(Object.entries(given))
    const rejected: unknown[] = []
    const take = <Value>(name: keyof Settings, schema: v.GenericSchema<unknown, Value>, otherwise: Value): Value => {
      const value = fields.get(name)
      fields.delete(name)
      const parsed = v.safeParse(schema, value)
      if (parsed.success) return parsed.output
      if (value !== undefined) rejected.push({ [name]: value })
      return otherwise
    }
    const { theme, cpuDevices, lastLessonId } = settingsSchema.entries
    const settings = {
      theme: take('theme', theme, firstSettings.theme),
      cpuDevices: take('cpuDevices', cpuDevices, firstSettings.cpuDevices),
      lastLessonId: take('lastLessonId', lastLessonId, firstSettings.lastLessonId),
    }
    return { content: { settings, fields: Object.fromEntries(fields) }, rejected }
  },
  write: ({ settings, fields }) => ({ ...fields, version: 2, ...settings }),
}
