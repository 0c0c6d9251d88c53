// Where applications register, and where each then finds its own registration. RFC 7591 §3, RFC 7592 §1.2.

export const registerPath: string = '/o/register/'
export const ownPath: string = `${registerPath}:clientId/`

export function clientUriOf({ publicUrl }: { readonly publicUrl: string }, clientId: string): string {
  return `${publicUrl}${registerPath}${encodeURIComponent(clientId)}/`
}
