// The API's reference: Swagger UI over our own description, from our own origin. Without scripts, the way to the description itself.
import { html, type Html, type PageContext, speak } from '../html/index.ts'
import { type ConsoleFrame, consolePage } from './frame-page.ts'
import { apiRoot } from './operations.ts'
import { consoleWords } from './words.ts'

export interface ReferencePage {
  readonly frame: ConsoleFrame
  readonly version: string
}

export const referencePath: string = `${apiRoot}/reference/`

export function referencePage(context: PageContext, { frame, version }: ReferencePage): Html {
  const { say, text } = speak(context, consoleWords)
  const description = `${apiRoot}/openapi.json`
  const file = (name: string): string => `${referencePath}${version}/${name}`
  return consolePage(context, frame, {
    title: text('apiReference'),
    heading: say('apiReference'),
    lead: say('apiReferenceLead'),
    crumbs: [],
    isElsewhere: true,
    actions: html`<a class="button" href="${description}">openapi.json</a><a class="button" href="${apiRoot}">${say('apiBrowse')}</a>`,
    body: html`<link rel="stylesheet" href="${file('swagger-ui.css')}">
<h2 class="unseen">${say('apiReferenceAddresses')}</h2>
<div class="reference" id="reference" dir="ltr" lang="en" data-description="${description}" data-token="${context.csrfToken}"><p>${say('apiReferencePlain')} <a href="${description}">openapi.json</a></p></div>
<script src="${file('swagger-ui-bundle.js')}" defer></script>
<script src="/assets/reference.js?v=${context.assetVersion}" defer></script>`,
  })
}
