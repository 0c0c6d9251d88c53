// The pages for people: the start page with all snippets, the form that changes one, the secret, and what went wrong.
import type { FieldErrors, Fields } from '../fields.ts'
import type { Refusal } from '../refusal.ts'
import { languages, type Snippet, styles } from '../snippets/snippet.ts'
import { html, type Html } from './html.ts'
import { framed, type Person, signInHref } from './layout.ts'

/** A form that was refused: what was typed, and what was wrong with it. */
export interface Refused {
  readonly typed: Fields
  readonly errors: FieldErrors
}

export interface HomePage {
  readonly person: Person | undefined
  readonly snippets: readonly Snippet[]
  readonly refused?: Refused
  readonly publicUrl: string
  readonly issuer: string
}

export function homePage({ person, snippets, refused, publicUrl, issuer }: HomePage): Html {
  return framed({
    title: 'Snippets',
    lead: 'Pieces of code, for people by session and for programs by token.',
    path: '/',
    person,
    body: [
      person === undefined ? welcome() : [all(snippets), form('/', 'New snippet', 'Keep it', undefined, refused)],
      api(publicUrl, issuer),
    ],
  })
}

function welcome(): Html {
  return html`<section class="panel"><h2>For people</h2>
<p>Sign in to read and keep snippets. The <a href="/secret">secret page</a> sends a browser to the sign-in by itself.</p>
<p class="buttons"><a class="button button-primary" href="${signInHref('/')}">Sign in</a></p></section>`
}

function all(snippets: readonly Snippet[]): Html {
  if (snippets.length === 0) return html`<p class="empty">No snippet is here yet. Keep the first.</p>`
  const rows = snippets.map(
    ({ id, title, code, language }) => html`<div class="row">
<p class="row-head"><strong><bdi>${title === '' ? `Snippet ${id}` : title}</bdi></strong><span class="badge">${language}</span><a href="/edit/${id}/">Change</a></p>
<pre>${code}</pre></div>`,
  )
  return html`<section class="panel"><h2>All snippets</h2>${rows}</section>`
}

function api(publicUrl: string, issuer: string): Html {
  return html`<section class="panel"><h2>For programs</h2>
<p class="hint">A token, from a client that may send passwords:</p>
<pre class="command">curl -d "grant_type=password&amp;username=admin@email.com&amp;password=testpass123&amp;client_id=clientId&amp;client_secret=clientSecret" ${issuer}/token/</pre>
<p class="hint">The secret page:</p>
<pre class="command">curl -H "Authorization: Bearer &lt;token&gt;" -X GET ${publicUrl}/secret</pre>
<p class="hint">Snippets: reading needs the scope <code>read</code>, everything else <code>write</code>.</p>
<pre class="command">curl -H "Authorization: Bearer &lt;token&gt;" -d "code=print(123)" ${publicUrl}/snippets/</pre>
</section>`
}

export function editPage(person: Person, snippet: Snippet, refused?: Refused): Html {
  const path = `/edit/${snippet.id}/`
  return framed({
    title: snippet.title === '' ? `Snippet ${snippet.id}` : snippet.title,
    lead: 'Change it, or throw it away.',
    path,
    person,
    body: html`${form(path, undefined, 'Save', snippet, refused)}
<form class="panel panel-row" method="post" action="${path}">
<p>Throw it away. There is no way back.</p>
<button class="button button-danger" name="action" value="delete">Delete</button>
</form>
<p class="after"><a href="/">All snippets</a></p>`,
  })
}

export function secretPage(person: Person): Html {
  return framed({
    title: 'Secret',
    lead: 'Only people who are signed in see this page, and programs with a token.',
    path: '/secret',
    person,
    body: html`<section class="panel"><p class="big">Secret contents!</p></section>`,
  })
}

export function problemPage({ status, body }: Refusal, person: Person | undefined): Html {
  return framed({
    title: status === 404 ? 'Nothing is here' : 'That did not work',
    lead: 'detail' in body && typeof body.detail === 'string' ? body.detail : 'Something in the form is not right.',
    path: '/',
    person,
    body: html`<p class="buttons"><a class="button" href="/">All snippets</a></p>`,
  })
}

function form(
  action: string,
  title: string | undefined,
  button: string,
  snippet: Snippet | undefined,
  refused: Refused | undefined,
): Html {
  const value = (name: keyof Snippet): string =>
    refused === undefined ? String(snippet?.[name] ?? '') : textIn(refused.typed, name)
  const isNumbered = refused === undefined ? snippet?.linenos === true : refused.typed['linenos'] === 'on'
  const error = (name: string): readonly string[] => refused?.errors[name] ?? []
  return html`${refused !== undefined && html`<p class="notice" role="alert">Something in the form is not right. See beside the fields.</p>`}
<form class="panel" method="post" action="${action}" novalidate>
${title !== undefined && html`<h2>${title}</h2>`}
${field('title', 'Title', error('title'), html`<input id="title" name="title" value="${value('title')}" autocomplete="off"${wrong('title', error)}>`)}
${field(
  'code',
  'Code',
  error('code'),
  html`<textarea id="code" name="code" rows="6" required autocapitalize="none" spellcheck="false"${wrong('code', error)}>
${value('code')}</textarea>`,
  true,
)}
<div class="pair">
${field('language', 'Language', error('language'), choice('language', languages, value('language') || 'python'))}
${field('style', 'Style', error('style'), choice('style', styles, value('style') || 'friendly'))}
</div>
<p class="field choice"><input id="linenos" type="checkbox" name="linenos"${isNumbered && html` checked`}><label for="linenos">With line numbers</label></p>
<button class="button button-primary">${button}</button>
</form>`
}

function textIn(typed: Fields, name: string): string {
  const value = typed[name]
  return typeof value === 'string' ? value : ''
}

function wrong(name: string, error: (name: string) => readonly string[]): Html | false {
  return error(name).length > 0 && html` aria-invalid="true" aria-describedby="${name}-error"`
}

function field(name: string, label: string, errors: readonly string[], control: Html, isWide = false): Html {
  return html`<div class="field ${isWide && 'wide'}">
<label for="${name}">${label}</label>
${control}
${errors.length > 0 && html`<p class="error" id="${name}-error">${errors.join(' ')}</p>`}
</div>`
}

function choice(name: string, choices: readonly string[], chosen: string): Html {
  const options = choices.map((one) => html`<option${one === chosen && html` selected`}>${one}</option>`)
  return html`<select id="${name}" name="${name}">${options}</select>`
}
