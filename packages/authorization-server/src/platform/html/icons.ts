// The pictures of the pages: inline SVG in the current text colour, hidden from screen readers because words stand beside them.
import { html, type Html } from './html.ts'

export type IconName =
  | 'home'
  | 'person'
  | 'lock'
  | 'apps'
  | 'device'
  | 'code'
  | 'key'
  | 'eye'
  | 'change'
  | 'check'
  | 'alert'
  | 'info'
  | 'warning'
  | 'copy'
  | 'out'
  | 'forward'
  | 'plus'
  | 'flask'

const paths: Readonly<Record<IconName, Html>> = {
  home: html`<path d="M4 11.5 12 5l8 6.5"/><path d="M6 10v9h12v-9"/><path d="M10 19v-5h4v5"/>`,
  person: html`<circle cx="12" cy="8.5" r="3.75"/><path d="M4.75 20c.6-3.9 3.4-6 7.25-6s6.65 2.1 7.25 6"/>`,
  lock: html`<rect x="5" y="10.5" width="14" height="9.5" rx="2.5"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"/>`,
  apps: html`<rect x="4" y="4" width="6.5" height="6.5" rx="1.75"/><rect x="13.5" y="4" width="6.5" height="6.5" rx="1.75"/><rect x="4" y="13.5" width="6.5" height="6.5" rx="1.75"/><rect x="13.5" y="13.5" width="6.5" height="6.5" rx="1.75"/>`,
  device: html`<rect x="3.5" y="5" width="17" height="11" rx="2"/><path d="M9 20h6M12 16v4"/>`,
  code: html`<path d="m8.5 7.5-5 4.5 5 4.5M15.5 7.5l5 4.5-5 4.5"/>`,
  key: html`<circle cx="8" cy="12" r="4"/><path d="M12 12h8.5v3.5M16.5 12v2.75"/>`,
  eye: html`<path d="M2.75 12S6 5.75 12 5.75 21.25 12 21.25 12 18 18.25 12 18.25 2.75 12 2.75 12Z"/><circle cx="12" cy="12" r="2.75"/>`,
  change: html`<path d="M4.5 19.5 5.5 15 15.75 4.75a1.75 1.75 0 0 1 2.5 0l1 1a1.75 1.75 0 0 1 0 2.5L9 18.5l-4.5 1Z"/>`,
  check: html`<path d="m5 12.5 4.5 4.5L19 7.5"/>`,
  alert: html`<circle cx="12" cy="12" r="8.5"/><path d="M12 7.75v5"/><path d="M12 16.2v.05"/>`,
  info: html`<circle cx="12" cy="12" r="8.5"/><path d="M12 11.25v5"/><path d="M12 7.8v.05"/>`,
  warning: html`<path d="M12 4.5 3.25 19.25h17.5L12 4.5Z"/><path d="M12 10.25v4"/><path d="M12 16.7v.05"/>`,
  copy: html`<rect x="8.5" y="8.5" width="11" height="11" rx="2"/><path d="M15.5 8.5v-2a2 2 0 0 0-2-2h-7a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h2"/>`,
  out: html`<path d="M14 4.5H7a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h7"/><path d="M10.5 12H20m-3.5-3.5L20 12l-3.5 3.5"/>`,
  forward: html`<path d="M9.5 6 15.5 12 9.5 18"/>`,
  plus: html`<path d="M12 5.5v13M5.5 12h13"/>`,
  flask: html`<path d="M9 4h6M10 4v5.5L5 18a1.5 1.5 0 0 0 1.3 2.25h11.4A1.5 1.5 0 0 0 19 18l-5-8.5V4"/><path d="M7.75 14.5h8.5"/>`,
}

/** A 20-pixel line icon; `forward` and `out` are mirrored by the style sheet where text runs right to left. */
export function icon(name: IconName): Html {
  return html`<svg class="icon icon-${name}" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${paths[name]}</svg>`
}

/** The product's mark: a key on a rounded square. */
export function logo(): Html {
  return html`<svg class="logo" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false"><rect class="logo-ground" width="32" height="32" rx="9"/><g class="logo-key" fill="none" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"><circle cx="11.5" cy="16" r="4.5"/><path d="M16 16h9.5v4.2M21 16v3.2"/></g></svg>`
}

/** A square with the first letter of a name, where an app has no picture. */
export function monogram(name: string): Html {
  const first = Array.from(name.trim())[0] ?? '?'
  return html`<span class="monogram" aria-hidden="true">${first.toLocaleUpperCase('en')}</span>`
}
