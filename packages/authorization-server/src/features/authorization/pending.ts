// What waits behind a path that the sign-in page was given: shown there, and allowed as the end of its form.
import { OAuthError } from '@latchkey/protocol'
import { MalformedForm, type Parameters, parseForm } from '../../platform/http/index.ts'
import { type Brand, brandOf } from '../branding/index.ts'
import type { Visitor } from '../browser/index.ts'
import type { Context } from '../context/index.ts'
import { describeRedirect, formTargetsOf } from './addresses.ts'
import { beginningOf } from './beginning.ts'
import { demandsOf } from './demands.ts'
import { hintedSubject } from './hint.ts'
import { type Destination, findDestination, readRequest } from './request.ts'
import { signInFacts } from './sign-in-facts.ts'

export interface PendingApplication {
  readonly application: { readonly name: string; readonly host: string; readonly brand: Brand }
  readonly formTargets: readonly string[]
  /** Whom the application expects to sign in (OpenID Connect Core §3.1.2.1, `login_hint`): a suggestion. */
  readonly loginHint: string | undefined
  /**
   * `another`: somebody else than who is signed in is wanted; `certain`: and nobody else will do, for the application
   * named a person.
   */
  readonly expects: 'anybody' | 'another' | 'certain'
}

export async function pendingApplication(
  context: Context,
  path: string,
  visitor: Visitor,
): Promise<PendingApplication | undefined> {
  const at = path.indexOf('?')
  if (at < 0 || path.slice(0, at).replace(/\/$/, '') !== '/o/authorize') return undefined
  try {
    const { parameters } = beginningOf(context.keys.sealer, parseForm(path.slice(at + 1)), context.clock.now())
    const destination = await findDestination(context, parameters)
    const { client, redirectUri } = destination
    const { host } = describeRedirect(redirectUri)
    const wanted = await wantedPerson(context, destination, parameters, visitor)
    return {
      application: { name: client.name, host, brand: brandOf(client) },
      formTargets: formTargetsOf(redirectUri),
      ...wanted,
    }
  } catch (error) {
    // A broken request has nobody waiting behind it; its own page will say what is wrong.
    if (error instanceof OAuthError || error instanceof MalformedForm) return undefined
    throw error
  }
}

async function wantedPerson(
  context: Context,
  destination: Destination,
  parameters: Parameters,
  visitor: Visitor,
): Promise<Pick<PendingApplication, 'loginHint' | 'expects'>> {
  try {
    const { client } = destination
    const { request } = readRequest(destination, parameters)
    const hinted = request.idTokenHint && (await hintedSubject(context, client, request.idTokenHint))
    const signedIn = visitor.kind === 'signed-in' ? visitor : undefined
    const demands = demandsOf(request, client.metadata, hinted)
    const { isExpectedPerson } = signInFacts(context, client, signedIn, demands)
    const another = request.prompt.has('select_account') ? 'another' : 'anybody'
    return { loginHint: request.loginHint, expects: isExpectedPerson ? another : 'certain' }
  } catch (error) {
    // The client will be told; until then anybody may sign in.
    if (error instanceof OAuthError) return { loginHint: undefined, expects: 'anybody' }
    throw error
  }
}
