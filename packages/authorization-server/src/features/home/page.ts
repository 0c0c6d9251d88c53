// The start page: what this is and where to go; in development mode also every demo user, client and address.
import {
  codeBlock,
  html,
  type Html,
  icon,
  type IconName,
  type PageContext,
  remark,
  speak,
  table,
  workspacePage,
} from '../../platform/html/index.ts'
import { homeWords } from './words.ts'

export interface DemoUser {
  readonly identifier: string
  readonly password: string
  /** E.g. `superuser, member of group1`. */
  readonly note: string
}

export interface DemoClient {
  readonly clientId: string
  /** Undefined for a public client. */
  readonly clientSecret?: string | undefined
  readonly grants: readonly string[]
  readonly scopes: readonly string[]
  readonly redirectUris: readonly string[]
}

export interface HomePage {
  readonly discoveryHref: string
  /** Undefined when sign-up is off. */
  readonly signUpHref?: string | undefined
  /** Shown in development mode only, whatever is passed. */
  readonly demo?:
    | {
        readonly users: readonly DemoUser[]
        readonly clients: readonly DemoClient[]
        readonly addresses: readonly { readonly href: string; readonly purpose: string }[]
        /** A complete shell command. */
        readonly firstToken: string
      }
    | undefined
}

export function homePage(context: PageContext, page: HomePage): Html {
  const { say, text } = speak(context, homeWords)
  const enter =
    context.user === undefined
      ? html`<a class="button button-primary" href="/accounts/login/">${say('signIn')}</a>${page.signUpHref !== undefined && html`<a class="button" href="${page.signUpHref}">${say('signUp')}</a>`}`
      : html`<a class="button button-primary" href="/account/">${say('account')}</a>`
  return workspacePage(context, {
    title: text('title'),
    heading: say('heading'),
    lead: say('lead'),
    current: undefined,
    hero: true,
    body: html`<div class="buttons buttons-start">${enter}</div>
<ul class="tiles">
${tile({ icon: 'person', title: say('account'), text: say('accountText'), href: '/account/' })}
${tile({ icon: 'code', title: say('applications'), text: say('applicationsText'), href: '/o/applications/' })}
${tile({ icon: 'key', title: say('discovery'), text: say('discoveryText'), href: page.discoveryHref })}
</ul>
${context.development && page.demo !== undefined && demoBlock(context, page.demo)}`,
  })
}

interface Tile {
  readonly icon: IconName
  readonly title: Html
  readonly text: Html
  readonly href: string
}

function tile(content: Tile): Html {
  return html`<li><a class="tile" href="${content.href}">${icon(content.icon)}<span class="strong">${content.title}</span><span class="hint">${content.text}</span></a></li>`
}

function demoBlock(context: PageContext, demo: NonNullable<HomePage['demo']>): Html {
  const { say } = speak(context, homeWords)
  return html`<section class="demo-block" aria-labelledby="demo"><h2 id="demo">${say('demoTitle')}</h2>
${remark('warning', say('demoLead'))}
<h3>${say('firstToken')}</h3><p class="hint">${say('firstTokenText')}</p>${codeBlock(context, 'first-token', demo.firstToken)}
<h3>${say('demoUsers')}</h3>${userTable(context, demo.users)}
<h3>${say('demoClients')}</h3>${clientTable(context, demo.clients)}
<h3>${say('demoAddresses')}</h3>${addressTable(context, demo.addresses)}
</section>`
}

function userTable(context: PageContext, users: readonly DemoUser[]): Html {
  const { say, text } = speak(context, homeWords)
  return table({
    caption: say('demoUsers'),
    columns: [{ title: text('user'), heads: true }, { title: text('password') }, { title: text('roles') }],
    rows: users.map((user) => [code(user.identifier), code(user.password), html`${user.note}`]),
  })
}

function clientTable(context: PageContext, clients: readonly DemoClient[]): Html {
  const { say, text } = speak(context, homeWords)
  return table({
    caption: say('demoClients'),
    columns: [
      { title: text('client'), heads: true },
      { title: text('secret') },
      { title: text('grants') },
      { title: text('scopes') },
      { title: text('redirect') },
    ],
    rows: clients.map((client) => [
      code(client.clientId),
      client.clientSecret === undefined
        ? html`<span class="quiet">${say('publicClient')}</span>`
        : code(client.clientSecret),
      html`${client.grants.join(', ')}`,
      html`<span class="codes" dir="ltr">${client.scopes.map((scope) => html`<code>${scope}</code> `)}</span>`,
      client.redirectUris.length === 0
        ? html`<span class="quiet">${say('none')}</span>`
        : html`${client.redirectUris.map((uri) => code(uri))}`,
    ]),
  })
}

function addressTable(context: PageContext, addresses: NonNullable<HomePage['demo']>['addresses']): Html {
  const { say, text } = speak(context, homeWords)
  return table({
    caption: say('demoAddresses'),
    columns: [{ title: text('address'), heads: true }, { title: text('purpose') }],
    rows: addresses.map(({ href, purpose }) => [html`<a href="${href}" dir="ltr">${href}</a>`, html`${purpose}`]),
  })
}

function code(value: string): Html {
  return html`<code dir="ltr">${value}</code>`
}
