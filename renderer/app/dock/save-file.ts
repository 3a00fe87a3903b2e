import type { InspectionDocument } from '../../../core/inspect/documents.ts'
import type { Lab } from '../lab.svelte.ts'

/** `tape-f.svg`: what a file is called after the figure in it. */
export function fileName(document: InspectionDocument, extension: string): string {
  const title = document.title
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
  const stem = [document.kind, title.toLowerCase()]
    .filter((part, at) => at === 0 || (part !== '' && part !== document.kind))
    .join('-')
  return `${stem}.${extension}`
}

/** Through the shell's save dialog where there is one, otherwise as a download. Null when the user changed their mind. */
export async function saveFile(lab: Lab, name: string, file: Blob): Promise<string | null> {
  if (lab.hello?.capabilities.saveDialog) {
    const { path } = await lab.host.saveFile({ name, mime: file.type, base64: await base64Of(file) })
    return path
  }
  const address = URL.createObjectURL(file)
  const link = window.document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
  return name
}

async function base64Of(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}
