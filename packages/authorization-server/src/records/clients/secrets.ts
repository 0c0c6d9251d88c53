// Client secrets: how one is made, and how a presented one is checked.
import { digestText, equalText, hmacSha256, type PasswordHasher, type Random } from '../../platform/crypto/index.ts'
import type { ClientSecret } from './client.ts'
import type { NewClientSecret } from './store.ts'

const prefix = 'lk_sec_'

/** A fresh secret of 256 random bits: the text to show once, and what is stored of it. */
export function generateSecret(random: Random): { readonly secret: string; readonly stored: NewClientSecret } {
  const secret = prefix + Buffer.from(random.bytes(32)).toString('base64url')
  return { secret, stored: { kind: 'generated', verifier: digestText(secret), hint: secret.slice(-4) } }
}

/** A secret that an operator chose: perhaps a word, so it is hashed like a password, and no part of it is shown again. */
export async function storeChosenSecret(secret: string, hasher: PasswordHasher): Promise<NewClientSecret> {
  return { kind: 'chosen', verifier: await hasher.hash(secret), hint: '' }
}

/** Forty hex digits, as the seeds' servers suggest. */
export function generateClientId(random: Random): string {
  return Buffer.from(random.bytes(20)).toString('hex')
}

export interface SecretChecker {
  /** Whether the presented text is one of the secrets. */
  matches(secrets: readonly ClientSecret[], presented: string): Promise<boolean>
}

/**
 * A chosen secret costs its slow hash once in a process. From then on a keyed digest, under a key that dies with the process,
 * tells right from wrong, so that nobody can make the server hash again and again.
 */
export function createSecretChecker(hasher: PasswordHasher, random: Random): SecretChecker {
  const key = random.bytes(32)
  const proven = new Map<string, string>()
  // After a start a client comes with many requests at once: they share one hash.
  const asking = new Map<string, Promise<boolean>>()

  async function matchesChosen(stored: ClientSecret, presented: string): Promise<boolean> {
    const digest = Buffer.from(hmacSha256(key, presented)).toString('base64url')
    const known = proven.get(stored.verifier)
    if (known !== undefined) return equalText(known, digest)
    const question = `${stored.verifier} ${digest}`
    const asked = asking.get(question) ?? hasher.verify(stored.verifier, presented)
    asking.set(question, asked)
    try {
      if (!(await asked)) return false
      proven.set(stored.verifier, digest)
      return true
    } finally {
      asking.delete(question)
    }
  }

  return {
    async matches(secrets, presented) {
      for (const stored of secrets) {
        const matched =
          stored.kind === 'generated'
            ? equalText(stored.verifier, digestText(presented))
            : await matchesChosen(stored, presented)
        if (matched) return true
      }
      return false
    },
  }
}
