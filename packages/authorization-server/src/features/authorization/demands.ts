// What a request, or its client's registration, wants of the sign-in itself. It holds from the first step to the answer:
// the consent page asks again before it issues. OpenID Connect Core §3.1.2.1, §3.1.2.2, §5.5.1.1;
// OpenID Connect Dynamic Client Registration §2 (default_max_age).
import type { AuthorizationRequest, Prompt } from '@latchkey/protocol'
import type { ClientMetadata } from '../../records/clients/index.ts'

export interface SignInDemands {
  readonly prompt: readonly Prompt[]
  readonly maxAgeSeconds: number | undefined
  /** The only people for whom an answer may be, by the subject that this client knows; undefined for anybody. */
  readonly subjects: readonly string[] | undefined
  /** One of these must be reached; undefined where none is essential. */
  readonly acrValues: readonly string[] | undefined
}

/** @param hintedSubject of a verified `id_token_hint` */
export function demandsOf(
  request: Pick<AuthorizationRequest, 'prompt' | 'maxAgeSeconds' | 'claimsRequest'>,
  metadata: Pick<ClientMetadata, 'defaultMaxAgeSeconds'>,
  hintedSubject: string | undefined,
): SignInDemands {
  const acr = request.claimsRequest.idToken.get('acr')
  return {
    prompt: [...request.prompt],
    maxAgeSeconds: request.maxAgeSeconds ?? metadata.defaultMaxAgeSeconds,
    subjects: subjectsOf(request.claimsRequest.idToken.get('sub')?.values, hintedSubject),
    // §5.5.1.1: only an essential acr can fail a request; acr_values and the client's defaults are wishes.
    acrValues: acr?.essential === true ? acr.values?.filter((value) => typeof value === 'string') : undefined,
  }
}

/** §5.5.1: a `sub` asked for by value is as binding as the hint; where both are sent they must agree. */
function subjectsOf(
  asked: readonly (string | number | boolean)[] | undefined,
  hinted: string | undefined,
): readonly string[] | undefined {
  const subjects = asked?.filter((value) => typeof value === 'string')
  if (hinted === undefined) return subjects
  return subjects === undefined || subjects.includes(hinted) ? [hinted] : []
}

/** `never`: nothing that anybody can do here would reach it. */
export type Assurance = 'reached' | 'by-sign-in' | 'never'

/** @param reached what the session reached; undefined while nobody is signed in */
export function assuranceOf(
  { acrValues }: Pick<SignInDemands, 'acrValues'>,
  reached: string | undefined,
  onOffer: readonly string[],
): Assurance {
  if (acrValues === undefined || (reached !== undefined && acrValues.includes(reached))) return 'reached'
  return acrValues.some((value) => onOffer.includes(value)) ? 'by-sign-in' : 'never'
}
