// Decides how secrets are compared: both sides are digested first, so neither content nor length shows in the time taken.

import { timingSafeEqual } from 'node:crypto'
import { sha256 } from './digest.ts'

/** Whether two byte strings are the same, in time that tells nothing about where they differ. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return timingSafeEqual(sha256(left), sha256(right))
}

/** Whether two texts are the same, in time that tells nothing about where they differ. */
export function equalText(left: string, right: string): boolean {
  // A lone surrogate would be encoded as U+FFFD and so equal another text.
  const wellFormed = left.isWellFormed() && right.isWellFormed()
  return timingSafeEqual(sha256(left), sha256(right)) && wellFormed
}
