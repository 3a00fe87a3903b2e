/**
 * The page's headers refuse every text that would become markup or script. What passes all the same passes here:
 * lessons, which the host has rendered, and workers that start from the lab's own files.
 */
interface Policy {
  createHTML?(html: string): string
  createScriptURL?(address: string): string
}

declare global {
  interface Window {
    /** Not every browser has it. */
    readonly trustedTypes?: { createPolicy(name: string, policy: Policy): { createHTML(html: string): object } }
  }
}

const lessons = window.trustedTypes?.createPolicy('lesson-html', { createHTML: (html) => html })

/** HTML that the host rendered from a lesson, which lets no markup of its author through. For `{@html …}` only. */
export function lessonHtml(html: string): object | string {
  return lessons?.createHTML(html) ?? html
}

/** To be called once, before anything starts a worker. */
export function allowOwnWorkers(page: Window = window): void {
  page.trustedTypes?.createPolicy('default', {
    createScriptURL(address) {
      const { protocol, host } = new URL(address, page.location.href)
      if (protocol === page.location.protocol && host === page.location.host) return address
      throw new TypeError(`The lab starts no worker from ${address}.`)
    },
  })
}
