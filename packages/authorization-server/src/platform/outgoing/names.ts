// Asks the name servers, with a deadline of its own and off the thread pool, where a slow answer would hold up signatures.
import { Resolver } from 'node:dns/promises'

/** Every IPv4 and IPv6 address of a name. */
export async function resolveName(name: string): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 })
  const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
}
