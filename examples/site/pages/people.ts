// The pages for people: the greeting, what is connected, and what went wrong.
import type { AccountLink, FailurePage, User } from '@latchkey/client'
import { providerName, type SignIn } from '../sign-ins/sign-in.ts'
import { press } from './forms.ts'
import { html, type Html } from './html.ts'
import { loginHref, moment, type Page } from './layout.ts'

const profile = '/accounts/profile'

export function greeting(user: User | undefined, signIns: readonly SignIn[]): Page {
  return user === undefined ? stranger(signIns) : member(user, signIns)
}

function stranger(signIns: readonly SignIn[]): Page {
  const [only, ...others] = signIns
  const buttons = signIns.map(
    ({ id, name }) =>
      html`<a class="button button-primary" href="${loginHref(profile, id)}">${others.length === 0 ? 'Login' : `Login with ${name}`}</a>`,
  )
  const setUp = html`<p>Nobody can sign in yet: this site has no client id.</p>
<p class="buttons"><a class="button" href="/admin/socialaccount/socialapp/add/">Enter it</a></p>`
  return {
    title: 'Hello world!',
    lead: 'This site does not know who you are.',
    body: html`<section class="panel"><h2>Sign in</h2>
${only === undefined ? setUp : html`<p>You sign in at ${others.length === 0 ? only.name : 'one of these'}; your password is not given to this site.</p><p class="buttons">${buttons}</p>`}</section>`,
  }
}

function member(user: User, signIns: readonly SignIn[]): Page {
  const signIn = signIns.find((one) => providerName(one) === user.provider)
  const fullName = user.name ?? [user.givenName, user.familyName].filter(Boolean).join(' ')
  return {
    title: `Hello ${user.username ?? 'you'}!`,
    lead: `${signIn?.name ?? user.provider} says who you are.`,
    body: html`<section class="panel"><h2>What this site knows of you</h2>
<dl class="facts"><dt>Username</dt><dd><bdi>${user.username}</bdi></dd>
${fullName !== '' && html`<dt>Name</dt><dd><bdi>${fullName}</bdi></dd>`}
${user.email !== undefined && html`<dt>E-mail</dt><dd>${user.email} ${user.emailVerified ? html`<span class="badge">verified</span>` : html`<span class="badge badge-quiet">not verified</span>`}</dd>`}
<dt>Signed in by</dt><dd>${signIn?.name ?? user.provider}</dd></dl>
<p class="buttons"><a class="button" href="/accounts/connections/">Connections</a></p></section>
${leaving(signIn)}`,
  }
}

/** Plain OAuth 2 knows no logout: the session at the server can only be pointed at. */
function leaving(signIn: SignIn | undefined): Html {
  const here = press('/accounts/logout/', 'Logout here', { where: 'here', next: profile })
  if (signIn?.kind !== 'oauth2') {
    const all = press('/accounts/logout/', 'Logout everywhere', { next: profile }, 'button-primary')
    return html`<section class="panel"><h2>Logout</h2>
<p>Here only, and the next sign-in needs no password; or everywhere: at ${signIn?.name ?? 'the server'} and at the other sites that you entered with it.</p>
<div class="buttons">${all}${here}</div></section>`
  }
  const { origin } = new URL(signIn.authorizationUrl)
  return html`<section class="panel"><h2>Logout</h2>
<p>You stay signed in at ${signIn.name}, and the next sign-in needs no password. On a computer that others use, sign out <a href="${origin}/account/">there</a>, too.</p>
<div class="buttons">${here}</div></section>`
}

export function connectionsPage(
  links: readonly AccountLink[],
  signIns: readonly SignIn[],
  done: string | undefined,
): Page {
  const nameOf = (provider: string): string => signIns.find((one) => providerName(one) === provider)?.name ?? provider
  const rows = links.map(
    ({
      provider,
      subject,
      label,
      createdAt,
    }) => html`<div class="row"><p><strong>${nameOf(provider)}</strong> <bdi>${label}</bdi><br><span class="hint">since ${moment(createdAt)}</span></p>
${links.length > 1 ? press('/accounts/unlink/', 'Disconnect', { provider, subject, next: '/accounts/connections/?done=disconnected' }, 'button-small button-danger') : html`<p class="hint">Your only way to sign in</p>`}</div>`,
  )
  const isOffered = (one: SignIn): boolean =>
    one.kind === 'openid' || !links.some(({ provider }) => provider === providerName(one))
  const offers = signIns
    .filter(isOffered)
    .map(({ id, name }) =>
      press('/accounts/link/', `Connect ${name}`, { provider: id, next: '/accounts/connections/?done=connected' }),
    )
  return {
    title: 'Connections',
    lead: 'The sign-ins that open your account here.',
    done,
    body: html`<section class="panel"><h2>Connected</h2>${rows}</section>
${
  offers.length > 0 &&
  html`<section class="panel"><h2>Connect another</h2>
<p>You sign in there once more, to show that the account is yours. An account is never found by its e-mail address.</p>
<div class="buttons">${offers}</div></section>`
}`,
  }
}

/** What a sign-in failed of, as the toolkit tells it. */
export function failedPage({ title, text, explanation, incident, tryAgain, home }: FailurePage): Page {
  return {
    title,
    lead: text,
    body: html`${explanation !== undefined && html`<section class="panel"><h2>For the developer</h2><p>${explanation}</p></section>`}
${incident !== undefined && html`<p class="lead">If you ask somebody for help, tell them this number: <code id="incident">${incident}</code></p>`}
<p class="buttons"><a class="button button-primary" href="${tryAgain}">Login</a><a class="button" href="${home}">Back to the start</a></p>`,
  }
}

export function problemPage(status: number, message: string): Page {
  return {
    title: status === 404 ? 'Nothing is here' : 'That did not work',
    lead: message,
    body: html`<p class="buttons"><a class="button" href="${profile}">Back to the start</a></p>`,
  }
}
