// Decides what every page is told besides its own data: language, form token, who is signed in, and which assets belong to it.
import type { Locale } from './locale.ts'

export interface SignedInUser {
  readonly name: string
  readonly isStaff: boolean
}

export interface PageContext {
  readonly locale: Locale
  /** Goes into every form as `csrf_token`; a page with a form cannot be rendered without it. */
  readonly csrfToken?: string
  readonly user?: SignedInUser | undefined
  readonly development: boolean
  /** Changes when a style or script changes, so that they may be cached for good. */
  readonly assetVersion: string
}
