// How surely a person was recognised, from what they really did; never from what a client asked for.
// OpenID Connect Core §2 (acr, amr); NIST SP 800-63B-4 §2 (authentication assurance levels).

/** The classes that this server can reach: one factor today. */
export const acrValues: readonly string[] = ['aal1']

/**
 * @param methods what the person did, in the words of RFC 8176
 * @returns undefined where nothing is known of it
 */
export function acrOf(methods: readonly string[]): string | undefined {
  return methods.length === 0 ? undefined : 'aal1'
}
