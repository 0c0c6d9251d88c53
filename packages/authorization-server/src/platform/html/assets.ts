// Decides which files pages may load, all from our own origin, and the version that names their content.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

export interface Asset {
  readonly contentType: string
  readonly body: Uint8Array
}

export interface Assets {
  /** Changes with any byte of any asset; goes into PageContext.assetVersion. */
  readonly version: string
  /** By file name: served as `/assets/<name>`. */
  readonly files: ReadonlyMap<string, Asset>
}

/** What is served, and of which files it is made: one request for the sign-in page, one more for the workspace. */
const parts = [
  {
    name: 'pages.css',
    contentType: 'text/css; charset=utf-8',
    from: ['base.css', 'controls.css', 'values.css', 'card.css'],
  },
  { name: 'workspace.css', contentType: 'text/css; charset=utf-8', from: ['workspace.css', 'tables.css', 'start.css'] },
  {
    name: 'console.css',
    contentType: 'text/css; charset=utf-8',
    from: [
      'console.css',
      'forms.css',
      'lives.css',
      'home.css',
      'findings.css',
      'reference.css',
      'progress.css',
      'figures.css',
      'keys.css',
    ],
  },
  { name: 'pages.js', contentType: 'text/javascript; charset=utf-8', from: ['pages.js'] },
  { name: 'console.js', contentType: 'text/javascript; charset=utf-8', from: ['console.js'] },
  { name: 'download.js', contentType: 'text/javascript; charset=utf-8', from: ['download.js'] },
  { name: 'reference.js', contentType: 'text/javascript; charset=utf-8', from: ['reference.js'] },
  { name: 'favicon.svg', contentType: 'image/svg+xml', from: ['favicon.svg'] },
] as const

/** Reads the assets once, at start. */
export function loadAssets(): Assets {
  const files = new Map<string, Asset>()
  const digest = createHash('sha256')
  for (const part of parts) {
    const text = part.from.map((file) => readFileSync(new URL(`./assets/${file}`, import.meta.url), 'utf8')).join('\n')
    const body = Buffer.from(part.name.endsWith('.css') ? withoutComments(text) : text)
    digest.update(part.name).update(body)
    files.set(part.name, { contentType: part.contentType, body })
  }
  return { version: digest.digest('hex').slice(0, 12), files }
}

/** Our style sheets hold no strings with comment marks or line breaks, so both can go. */
function withoutComments(css: string): string {
  return css.replace(/\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//g, '').replace(/\n\s*/g, '\n')
}
