// /o/session/ and its script: there only where session management is switched on.
import { htmlReply, type Reply, type Route } from '../../platform/http/index.ts'
import { browserStateCookieName, pageFace } from '../browser/index.ts'
import type { Context } from '../context/index.ts'
import { checkSessionPage, checkSessionPolicy, checkSessionScript } from './check-session-page.ts'

export const checkSessionPath = '/o/session/'
export const checkSessionScriptPath = '/o/session/check.js'

const cached = { 'cache-control': 'public, max-age=300' }

export function checkSessionRoutes(context: Context): readonly Route[] {
  const face = pageFace(context)
  const markup = checkSessionPage(checkSessionScriptPath, browserStateCookieName(context))
  const script: Reply = {
    status: 200,
    headers: { 'content-type': 'text/javascript; charset=utf-8', ...cached },
    body: checkSessionScript,
  }
  return [
    {
      method: 'GET',
      path: checkSessionPath,
      face,
      work: 'public',
      handle: () => htmlReply(200, markup, { ...checkSessionPolicy, ...cached, pragma: '' }),
    },
    { method: 'GET', path: checkSessionScriptPath, face, work: 'public', handle: () => script },
  ]
}
