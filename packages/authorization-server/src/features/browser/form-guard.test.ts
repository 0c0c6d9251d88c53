import assert from 'node:assert/strict'
import type { IncomingHttpHeaders } from 'node:http'
import { test } from 'node:test'
import { KeyRing, parseMasterKey, Sealer, seededRandom, systemRandom } from '../../platform/crypto/index.ts'
import { type Body, HttpFault, type Incoming, Parameters } from '../../platform/http/index.ts'
import type { Context } from '../context/index.ts'
import { earlierForm, formToken, requireForm } from './form-guard.ts'
import type { Visitor } from './visitor.ts'

const master = parseMasterKey(Buffer.from(seededRandom('master').bytes(32)).toString('hex'))
const sealer = new Sealer(
  new KeyRing(master, [{ id: 1, salt: seededRandom('s').bytes(16), createdAt: 1 }]),
  systemRandom,
)
const context = { keys: { sealer }, publicUrl: 'https://login.example' } as Context

const inSession = (id: string): Visitor => ({ kind: 'signed-in', session: { id }, user: {} }) as Visitor
const atBrowser = (browserId: string): Visitor => ({ kind: 'anonymous', browserId, isNew: false })

function sent(body: Body, headers: IncomingHttpHeaders = {}): Incoming {
  return { body, headers: { host: 'login.example', ...headers } } as Incoming
}

const form = (fields: Readonly<Record<string, string>>): Body => ({
  kind: 'form',
  parameters: new Parameters(Object.entries(fields)),
})

function outcome(request: Incoming, visitor: Visitor): string | Parameters {
  try {
    return requireForm(context, request, visitor)
  } catch (error) {
    if (error instanceof HttpFault) return `${error.status} ${error.detail['rule']}`
    throw error
  }
}

const visitor = inSession('session-1')
const good = form({ csrf_token: formToken(context, visitor), name: 'value' })

test('a form of our own page, sent by the visitor to whom it was shown, is read', () => {
  for (const headers of [
    {},
    { origin: 'https://login.example' },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
  ]) {
    const read = outcome(sent(good, headers), visitor)
    assert.ok(read instanceof Parameters)
    assert.equal(read.get('name'), 'value')
  }
})

test("a token of another session, another browser, or of nobody's browser before sign-in is foreign", () => {
  const others = [inSession('session-2'), atBrowser('session-1'), atBrowser('browser-1'), inSession('browser-1')]
  for (const other of others) assert.equal(outcome(sent(good), other), '403 form-token-foreign')
  const before = form({ csrf_token: formToken(context, atBrowser('browser-1')) })
  assert.ok(outcome(sent(before), atBrowser('browser-1')) instanceof Parameters)
  assert.equal(outcome(sent(before), visitor), '403 form-token-foreign')
})

test('a form from before this browser signed in is known as that, and nothing that we did not make is', () => {
  const before = form({ csrf_token: formToken(context, atBrowser('browser-1')), next: '/' })
  assert.equal(earlierForm(context, sent(before), visitor)?.get('next'), '/')
  assert.equal(earlierForm(context, sent(before), atBrowser('browser-2')), undefined, 'nobody is signed in')
  assert.equal(earlierForm(context, sent(good), visitor), undefined, 'it is of this session')
  for (const fields of [{}, { csrf_token: 'x' }]) {
    assert.equal(earlierForm(context, sent(form(fields)), visitor), undefined)
  }
  assert.throws(() => earlierForm(context, sent(before, { origin: 'https://evil.example' }), visitor), HttpFault)
})

test('a form without a token, or with one that we did not make, is refused', () => {
  const token = formToken(context, visitor)
  for (const fields of [{}, { csrf_token: '' }, { CSRF_TOKEN: token }]) {
    assert.equal(outcome(sent(form(fields)), visitor), '403 form-token-missing')
  }
  for (const forged of ['x', token.slice(0, -1), `${token}A`, token.toUpperCase(), ` ${token}`]) {
    assert.equal(outcome(sent(form({ csrf_token: forged })), visitor), '403 form-token-foreign', forged)
  }
  assert.equal(outcome(sent({ kind: 'none' }), visitor), '403 form-token-missing')
})

test('a browser that says the form comes from elsewhere is believed (OWASP ASVS 5.0 V3.5)', () => {
  const elsewhere: readonly IncomingHttpHeaders[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'anything' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'https://login.example.evil.example' },
    { origin: 'https://login.example:8443' },
    { origin: 'not a url' },
    { origin: '' },
    { origin: 'https://login.example', 'sec-fetch-site': 'cross-site' },
    { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
  ]
  for (const headers of elsewhere) {
    assert.equal(outcome(sent(good, headers), visitor), '403 form-from-elsewhere', JSON.stringify(headers))
  }
})

test('a server that is reached by another name of its own takes its own forms', () => {
  const byNumber = { host: '127.0.0.1:8000', origin: 'http://127.0.0.1:8000' }
  assert.ok(outcome(sent(good, byNumber), visitor) instanceof Parameters)
})

test('what is no form is not read as one', () => {
  const bodies: readonly Body[] = [
    { kind: 'json', value: { csrf_token: formToken(context, visitor) } },
    { kind: 'malformed', type: 'application/x-www-form-urlencoded', reason: 'x' },
    { kind: 'unsupported', type: 'text/plain' },
  ]
  for (const body of bodies) assert.equal(outcome(sent(body), visitor), '400 form-unreadable')
})
