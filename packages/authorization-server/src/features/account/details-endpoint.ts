// /account/details/: what a person tells about themselves of their own will, for apps that they let see it.
import type { FieldErrors } from '../../platform/html/index.ts'
import { type Reply, type Route, seeOther } from '../../platform/http/index.ts'
import { recordEvent } from '../../records/events/index.ts'
import {
  changedDetails,
  decideDetails,
  latestDay,
  timeZones,
  type TypedDetails,
  typedFrom,
  updatePersonalClaims,
  withPhoneProof,
} from '../../records/users/index.ts'
import { type OwnForm, type OwnRoutes, page, pageContext, type SignedIn } from '../browser/index.ts'
import type { Context } from '../context/index.ts'
import { detailsPage } from './details-page.ts'
import { accountNoticeOf } from './notices.ts'
import { readDetails } from './params.ts'

export const detailsPath = '/account/details/'

export function detailsRoutes(context: Context, routes: OwnRoutes): readonly Route[] {
  return [
    routes.page(detailsPath, async ({ visitor, request }) => {
      const notice = accountNoticeOf(request.query.get('done'))
      return detailsForm(context, visitor, typedFrom(visitor.user.claims), { notice })
    }),
    routes.form(detailsPath, (own) => saveDetails(context, own)),
  ]
}

function detailsForm(
  context: Context,
  visitor: SignedIn,
  values: TypedDetails,
  shown: { readonly notice?: ReturnType<typeof accountNoticeOf>; readonly errors?: FieldErrors },
): Reply {
  const isPhoneProven = visitor.user.claims.phone_number_verified === true
  const markup = detailsPage(pageContext(context, visitor), { values, timeZones, isPhoneProven, ...shown })
  return page(context, visitor, markup)
}

async function saveDetails(context: Context, { visitor, form, request }: OwnForm): Promise<Reply> {
  const { user } = visitor
  const typed = readDetails(form, typedFrom(user.claims))
  const now = context.clock.now()
  const decision = decideDetails(typed, latestDay(now))
  if (decision.kind === 'refuse') return detailsForm(context, visitor, typed, { errors: decision.errors })
  const fields = changedDetails(user.claims, decision.claims)
  const address = request.remoteAddress
  const result =
    fields.length === 0 ||
    (await context.database.commit([
      updatePersonalClaims(user, withPhoneProof(user.claims, decision.claims), now),
      recordEvent({ kind: 'user.changed', at: now, actorId: user.id, userId: user.id, address, detail: { fields } }),
    ]))
  if (result === true || result.won) return seeOther(`${detailsPath}?done=details-saved`)
  return detailsForm(context, visitor, typed, {
    errors: { form: ['Your account was changed elsewhere. Sign in again.'] },
  })
}
