// Two questions that must not be confused: is the process alive, and can it take work now?
import { jsonReply } from '../../platform/http/index.ts'
import { findInstallation } from '../../records/installation/index.ts'
import type { Context, Feature } from '../context/index.ts'
import { isOverload, oauthJson } from '../refusals/index.ts'

export function healthFeature(context: Context): Feature {
  return {
    name: 'health',
    routes: [
      { method: 'GET', path: '/health/live', face: oauthJson, handle: () => jsonReply(200, { status: 'alive' }) },
      { method: 'GET', path: '/health/ready', face: oauthJson, handle: () => readiness(context) },
    ],
    describes: {
      '/health/live': { purpose: 'Whether the process is alive.', caller: 'anyone' },
      '/health/ready': { purpose: 'Whether it can take work now: 503 with a reason when not.', caller: 'anyone' },
    },
  }
}

async function readiness(context: Context) {
  try {
    const installation = await findInstallation(context.database)
    return installation === undefined ? notReady('not-installed') : jsonReply(200, { status: 'ready' })
  } catch (error) {
    context.log.warn('not ready', { overload: isOverload(error), error })
    return notReady('database')
  }
}

function notReady(reason: string) {
  return jsonReply(503, { status: 'not-ready', reason })
}
