// Decides which passwords are too common to be taken: Django's list of 19,640 (common-passwords.txt, licence in its head),
// read at the first question and kept as the bytes of the file: 0.2 MB, where a Set of the same takes ten times that.

import { readFile } from 'node:fs/promises'

/** A list of passwords that everybody tries first. */
export interface CommonPasswords {
  /** Whether the password, without regard to case and surrounding space, is on the list. */
  has(password: string): boolean
}

let loading: Promise<CommonPasswords> | undefined

/** The list, read from the disk once per process. */
export function commonPasswords(): Promise<CommonPasswords> {
  loading ??= read()
  return loading
}

async function read(): Promise<CommonPasswords> {
  const lines = await readFile(new URL('common-passwords.txt', import.meta.url))
  return {
    has(password) {
      const entry = password.trim().toLowerCase()
      return entry !== '' && !entry.includes('\n') && lines.includes(`\n${entry}\n`)
    },
  }
}
