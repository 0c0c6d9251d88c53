// How often a caller that has proven nothing may fail, on this node and in memory: clients that show a wrong secret, by client and
// source; unknown clients and tokens that are not ours, by source. Tokens that were ours and ran out are no guesses, and count nowhere.
// Beyond the limit the answer is 429 (RFC 6585 §4), and nothing was written for any of them.
import { OAuthError } from '@latchkey/protocol'
import { createFailureLimit } from '../../platform/limits/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { sourceOf } from '../../records/credentials/index.ts'

export interface Failures {
  /** Judges what may be a guess at a client's secret. Counted before it is judged: a right one is refused as well beyond the limit. */
  guess<T>(guess: { readonly clientId: string; readonly address: string }, judge: () => Promise<T>): Promise<T>
  /** Whether a guess, also a right one, would be refused now. */
  isThrottled(guess: { readonly clientId: string; readonly address: string }): boolean
  /** The refusal that a stranger gets who failed: this one, or that it was too often. Whoever does not fail is never held up. */
  ofStranger(failure: OAuthError, address: string): OAuthError
}

export interface FailureRates {
  readonly clock: Clock
  readonly perClientAndSource: number
  readonly perSource: number
}

export function createFailures({ clock, perClientAndSource, perSource }: FailureRates): Failures {
  const guesses = createFailureLimit({ clock, perMinute: perClientAndSource })
  const strangers = createFailureLimit({ clock, perMinute: perSource })
  return {
    isThrottled: (guess) => guesses.isEmpty(keyOf(guess)),
    async guess(guess, judge) {
      const { clientId } = guess
      const key = keyOf(guess)
      const taken = guesses.take(key)
      if (taken.kind === 'empty') throw tooManyFailures(taken.retryAfterSeconds, clientId)
      try {
        const judged = await judge()
        guesses.putBack(key)
        return judged
      } catch (error) {
        if (!(error instanceof OAuthError)) guesses.putBack(key)
        throw error
      }
    },
    ofStranger(failure, address) {
      const taken = strangers.take(sourceOf(address))
      return taken.kind === 'taken' ? failure : tooManyFailures(taken.retryAfterSeconds, failure.detail['client_id'])
    },
  }
}

function keyOf({ clientId, address }: { readonly clientId: string; readonly address: string }): string {
  return `${sourceOf(address)} ${clientId}`
}

function tooManyFailures(retryAfterSeconds: number, clientId: string | undefined): OAuthError {
  return new OAuthError('temporarily_unavailable', 'Too many failed requests. Try again later.', {
    rule: 'failures-throttled',
    status: 429,
    detail: {
      retry_after_seconds: String(retryAfterSeconds),
      ...(clientId === undefined ? {} : { client_id: clientId }),
    },
  })
}
