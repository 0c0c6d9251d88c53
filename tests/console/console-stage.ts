// The console in a real browser: a server where each list has something in it, in a language that a test chooses.
import type { Page } from 'playwright-core'
import { english, type Locale } from '../../packages/authorization-server/src/platform/html/index.ts'
import { openStage, signIn, type Stage } from '../browser/stage.ts'
import { consolePages, type ConsolePage } from './console-pages.ts'
import { fillLists, firstRows } from './full-lists.ts'

export const root = { email: 'admin@email.com', password: 'testpass123' }

export interface ConsoleStage extends Stage {
  /** From the next page on. */
  speak(locale: Locale): void
  /** Puts something into each list. */
  fillLists(): Promise<void>
  /** By noun; those of no noun under an empty name. */
  pages(): Promise<ReadonlyMap<string, readonly ConsolePage[]>>
  /** A browser in which the demo's administrator is signed in. */
  inConsole(act: (page: Page) => Promise<void>): Promise<void>
}

export async function openConsoleStage(): Promise<ConsoleStage> {
  let spoken = english
  const stage = await openStage({ deps: { locale: () => spoken } })
  const { context } = stage.server
  return {
    ...stage,
    speak(locale) {
      spoken = locale
    },
    fillLists: () => fillLists(stage.server),
    async pages() {
      const rows = await firstRows(stage.server)
      return consolePages(context, (noun) => rows.get(noun))
    },
    inConsole: (act) =>
      stage.visit({ scripts: true }, async (page) => {
        await signIn(stage, page, root)
        await act(page)
      }),
  }
}
