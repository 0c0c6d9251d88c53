// How one consent is named where a single name is wanted: its person, and the application, by their rows.

/** As SQL over the table, word for word as the indexes have it. */
export const consentKey = "(cast(user_id as text) || '-' || cast(client_row as text))"

export interface ConsentKey {
  readonly userId: number
  readonly clientRow: number
}

export function readConsentKey(text: string): ConsentKey | undefined {
  const [, userId, clientRow] = /^([1-9]\d{0,14})-([1-9]\d{0,14})$/.exec(text) ?? []
  return userId === undefined || clientRow === undefined
    ? undefined
    : { userId: Number(userId), clientRow: Number(clientRow) }
}
