// What a process and its hashing process tell each other. Types only.
import type { Argon2Parameters } from './argon2.ts'

/** One hash to compute; each is answered once, in any order. */
export interface HashRequest {
  readonly id: number
  readonly password: string
  readonly parameters: Argon2Parameters
}

export type HashAnswer =
  | { readonly id: number; readonly kind: 'hash'; readonly hash: Uint8Array }
  | { readonly id: number; readonly kind: 'failed'; readonly reason: string }
