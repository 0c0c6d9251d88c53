// Why a registration is refused, in the codes of RFC 7591 §3.2.2. Thrown within the decision only, so that each rule can end it.

export interface RegistrationFault {
  readonly code: 'invalid_redirect_uri' | 'invalid_client_metadata'
  /** Travels to the caller: names the member and what it must be, never what was sent. */
  readonly description: string
}

export class Refusal extends Error {
  readonly fault: RegistrationFault
  constructor(code: RegistrationFault['code'], description: string) {
    super(description)
    this.fault = { code, description }
  }
}

/** @returns the one of `allowed` that was sent */
export function oneOf<const T extends string>(member: string, sent: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === sent)
  if (found === undefined) throw refusedMember(member, `it must be one of ${allowed.join(', ')}.`)
  return found
}

export function refusedMember(member: string, sentence: string): Refusal {
  return new Refusal('invalid_client_metadata', `${member}: ${sentence}`)
}
