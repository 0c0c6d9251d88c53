// Renders every page in every state as files that a browser opens without a server, and photographs them on request.
// Usage: node scripts/gallery.ts <folder> [--shots [name-part …]]     CHROMIUM_PATH: the browser, default `chromium` of the system
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium, type Browser } from 'playwright-core'
import {
  accentedEnglish,
  english,
  loadAssets,
  mirroredEnglish,
  type Locale,
} from '../packages/authorization-server/src/platform/html/index.ts'
import { ownStates } from './gallery-own-states.ts'
import { anonymousStates } from './gallery-states.ts'

const galleryStates = [...anonymousStates, ...ownStates]

interface Look {
  readonly name: string
  readonly locale: Locale
  readonly scheme: 'light' | 'dark'
  readonly width: number
}

const looks: readonly Look[] = [
  { name: 'light', locale: english, scheme: 'light', width: 1200 },
  { name: 'dark', locale: english, scheme: 'dark', width: 1200 },
  { name: 'narrow', locale: english, scheme: 'light', width: 320 },
  { name: 'long', locale: accentedEnglish, scheme: 'light', width: 320 },
  { name: 'rtl', locale: mirroredEnglish, scheme: 'light', width: 1200 },
]

/** Writes <folder>/<language>/<state>.html and <folder>/assets/. */
function renderGallery(folder: string): void {
  const assets = loadAssets()
  mkdirSync(join(folder, 'assets'), { recursive: true })
  for (const [name, asset] of assets.files) writeFileSync(join(folder, 'assets', name), asset.body)
  for (const locale of [english, accentedEnglish, mirroredEnglish]) {
    mkdirSync(join(folder, locale.tag), { recursive: true })
    for (const state of galleryStates) {
      const page = state.render({
        locale,
        csrfToken: 'token',
        user: { name: 'alice@example.com', isStaff: false },
        development: true,
        assetVersion: assets.version,
      })
      writeFileSync(join(folder, locale.tag, `${state.name}.html`), page.text.replaceAll('"/assets/', '"../assets/'))
    }
  }
}

async function photograph(browser: Browser, folder: string, parts: readonly string[]): Promise<void> {
  mkdirSync(join(folder, 'shots'), { recursive: true })
  for (const look of looks) {
    const page = await browser.newPage({
      viewport: { width: look.width, height: 800 },
      colorScheme: look.scheme,
      deviceScaleFactor: look.width < 400 ? 2 : 1,
    })
    for (const state of galleryStates) {
      if (parts.length > 0 && !parts.some((part) => `${state.name}.${look.name}`.includes(part))) continue
      await page.goto(pathToFileURL(join(folder, look.locale.tag, `${state.name}.html`)).href)
      const tooWide = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')
      if (tooWide === true) console.warn(`${state.name}.${look.name}: wider than the window`)
      await page.screenshot({ path: join(folder, 'shots', `${state.name}.${look.name}.png`), fullPage: true })
    }
    await page.close()
  }
}

const [folderArgument, flag, ...parts] = process.argv.slice(2)
if (folderArgument === undefined) {
  console.error('Usage: node scripts/gallery.ts <folder> [--shots [name-part …]]')
  process.exitCode = 2
} else {
  const folder = resolve(folderArgument)
  renderGallery(folder)
  console.log(`${galleryStates.length} states rendered to ${folder}`)
  if (flag === '--shots') {
    const browser = await chromium.launch({ executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium' })
    await photograph(browser, folder, parts)
    await browser.close()
  }
}
