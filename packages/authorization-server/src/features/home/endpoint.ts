// The landing page, and the files that pages load. In development it shows the demo: what to open and what to type.
import { HttpFault, type Incoming, type Reply } from '../../platform/http/index.ts'
import { page, pageContext, pageFace, visitorOf } from '../browser/index.ts'
import type { Context, Feature } from '../context/index.ts'
import { type HomePage, homePage } from './page.ts'

export interface HomeOptions {
  readonly demo?: HomePage['demo'] | undefined
}

const forGood = { 'cache-control': 'public, max-age=31536000, immutable' }

export function homeFeature(context: Context, options: HomeOptions = {}): Feature {
  const face = pageFace(context)
  return {
    name: 'home',
    routes: [
      { method: 'GET', path: '/', face, handle: (request) => home(context, options, request) },
      { method: 'GET', path: '/assets/:name', face, work: 'public', handle: (request) => asset(context, request) },
      { method: 'GET', path: '/robots.txt', face, work: 'public', handle: robots },
    ],
    describes: {
      '/': { purpose: 'The landing page; in development it shows the demo.', caller: 'anyone' },
      '/assets/:name': {
        purpose: 'Style sheets, script and icon of the pages, kept by browsers for good.',
        caller: 'anyone',
      },
      '/robots.txt': { purpose: 'Keeps search engines out.', caller: 'anyone', spec: 'RFC 9309 §2.2' },
    },
  }
}

async function home(context: Context, options: HomeOptions, request: Incoming): Promise<Reply> {
  const visitor = await visitorOf(context, request)
  const markup = homePage(pageContext(context, visitor), {
    discoveryHref: '/o/.well-known/openid-configuration',
    signUpHref: context.identity.signUp ? '/accounts/signup/' : undefined,
    demo: options.demo,
  })
  return page(context, visitor, markup)
}

function asset(context: Context, request: Incoming): Reply {
  const file = context.assets.files.get(request.params['name'] ?? '')
  if (file === undefined) throw new HttpFault('not-found', 'There is no such file.')
  return { status: 200, headers: { 'content-type': file.contentType, ...forGood }, body: file.body }
}

/** Nothing here is for search engines; the pages say so as well. */
function robots(): Reply {
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'User-agent: *\nDisallow: /\n' }
}
