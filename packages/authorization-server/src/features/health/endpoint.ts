// Two questions that must not be confused: is the process alive, and can it take work now?
import { jsonReply } from '../../platform/http/index.ts'
import { findInstallation } from '../../records/installation/index.ts'
import type { Context, Feature } from '../context/index.ts'
import { isOverload, oauthJson } from '../refusals/index.ts'

export function healthFeature(context: Context): Feature {
  const shared = { method: 'GET', face: oauthJson, work: 'public' } as const
  return {
    name: 'health',
    routes: [
      { ...shared, path: '/health/live', handle: () => jsonReply(200, { status: 'alive' }) },
      { ...shared, path: '/health/ready', handle: () => readiness(context) },
    ],
    describes: {
      '/health/live': { purpose: 'Whether the process is alive.', caller: 'anyone' },
      '/health/ready': { purpose: 'Whether it can take work now: 503 with a reason when not.', caller: 'anyone' },
    },
  }
}

/** A database that is slower than this takes no work, whatever it answers later. */
const longestLookMs = 1_000

async function readiness(context: Context) {
  if (context.drain.isDraining) return notReady('draining')
  try {
    const installation = await within(longestLookMs, findInstallation(context.database))
    return installation === undefined ? notReady('not-installed') : jsonReply(200, { status: 'ready' })
  } catch (error) {
    context.log.warn('not ready', { overload: isOverload(error), error })
    return notReady('database')
  }
}

async function within<T>(limitMs: number, look: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('The database did not answer in time.')), limitMs)
  return Promise.race([look, promise]).finally(() => clearTimeout(timer))
}

function notReady(reason: string) {
  return jsonReply(503, { status: 'not-ready', reason })
}
