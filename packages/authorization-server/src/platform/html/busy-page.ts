// Decides how the page that says "busy" is made: laid out once for each way of saying it, because it is sent when there is no time.
import type { PageContext } from './context.ts'
import { errorPage, type ErrorPage } from './error-page.ts'
import { escapeHtml, Html } from './html.ts'

/** Where the incident goes: a character that no text of ours has. */
const mark = '\uE000'

const laidOut = new WeakMap<PageContext['locale'], Map<string, readonly string[]>>()

/** As `errorPage` would have it. */
export function busyPage(
  { locale, development, assetVersion }: PageContext,
  { incident, retryAfterSeconds }: { readonly incident: string; readonly retryAfterSeconds: number | undefined },
): Html {
  const pages = laidOut.get(locale) ?? new Map<string, readonly string[]>()
  laidOut.set(locale, pages)
  const key = `${assetVersion} ${development} ${retryAfterSeconds}`
  const page: ErrorPage = { kind: 'busy', incident: mark, retryAfterSeconds }
  const parts = pages.get(key) ?? errorPage({ locale, development, assetVersion }, page).text.split(mark)
  pages.set(key, parts)
  return new Html(parts.join(escapeHtml(incident)))
}
