// Decides whether somebody who signed in at the authorization server is staff here: when they are in the staff's group there.
// The answer is asked for with their own access token and is good for a minute; what cannot be asked is no.
import { fieldOf } from '../fields.ts'
import type { StaffStore } from './store.ts'

const goodForMs = 60_000
const timeoutMs = 2_000

export interface Membership {
  /** @param accessToken of the session; without one nothing can be asked */
  isStaff(userId: number, accessToken: string | undefined): Promise<boolean>
}

interface Parts {
  readonly issuer: string
  readonly group: string
  readonly staff: StaffStore
  readonly now: () => number
  readonly report: (what: string, cause: unknown) => void
}

export function createMembership({ issuer, group, staff, now, report }: Parts): Membership {
  const asked = new Map<number, { readonly until: number; readonly answer: Promise<boolean> }>()

  async function ask(userId: number, accessToken: string): Promise<boolean> {
    const groups = await groupsOf(new URL('/user/profile/', issuer), accessToken).catch((cause: unknown) => {
      report('The groups of a user cannot be had', cause)
      return undefined
    })
    const isStaff = groups?.includes(group) === true
    staff.setMember(userId, isStaff ? now() + goodForMs : 0)
    return isStaff
  }

  return {
    isStaff(userId, accessToken) {
      const known = asked.get(userId)
      if (known !== undefined && known.until > now()) return known.answer
      if (accessToken === undefined) return Promise.resolve(false)
      const answer = ask(userId, accessToken)
      asked.set(userId, { until: now() + goodForMs, answer })
      return answer
    },
  }
}

async function groupsOf(url: URL, accessToken: string): Promise<readonly string[]> {
  const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' }
  const response = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
  const groups = response.ok ? fieldOf(await response.json(), 'groups') : undefined
  return Array.isArray(groups) ? groups.map(String) : []
}
