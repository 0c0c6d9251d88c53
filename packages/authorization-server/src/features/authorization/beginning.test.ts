import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeyRing, parseMasterKey, Sealer, seededRandom, systemRandom } from '../../platform/crypto/index.ts'
import { Parameters, parseForm } from '../../platform/http/index.ts'
import { beginningOf, choiceOf, isChoice, returnPath } from './beginning.ts'

function sealerOf(seed: string): Sealer {
  const master = parseMasterKey(Buffer.from(seededRandom(seed).bytes(32)).toString('hex'))
  return new Sealer(new KeyRing(master, [{ id: 1, salt: seededRandom(seed).bytes(16), createdAt: 1 }]), systemRandom)
}

const sealer = sealerOf('ours')
const asked = new Parameters([
  ['client_id', 'web'],
  ['scope', 'openid read'],
  ['state', 'é&=%'],
  ['prompt', 'login'],
])
const began = { startedAt: 5_000, chosen: undefined }
const now = 9_000

const sentBack = (path: string): Parameters => parseForm(path.slice(path.indexOf('?') + 1))
const pairsOf = (parameters: Parameters) => parameters.names().map((name) => [name, parameters.all(name)])

test('a request that comes for the first time begins now', () => {
  const { parameters, beginning, isTagged } = beginningOf(sealer, asked, now)
  assert.deepEqual([beginning, isTagged], [{ startedAt: now, chosen: undefined }, false])
  assert.deepEqual(pairsOf(parameters), pairsOf(asked))
})

test('the path to come back to carries the request unchanged, and when it began', () => {
  const { parameters, beginning, isTagged } = beginningOf(sealer, sentBack(returnPath(sealer, asked, began)), now)
  assert.deepEqual([beginning, isTagged], [began, true])
  assert.deepEqual(pairsOf(parameters), pairsOf(asked))
})

test('a request that is changed on the way begins anew: prompt=login cannot be satisfied with an older tag', () => {
  const path = returnPath(sealer, asked, began)
  const changed = [
    path.replace('client_id=web', 'client_id=spa'),
    path.replace('openid+read', 'openid+read+write'),
    path.replace('&prompt=login', ''),
    `${path}&max_age=0`,
    path.replace('client_id=web', 'client_id=web&client_id=web'),
  ]
  for (const other of changed) {
    assert.notEqual(other, path)
    assert.equal(beginningOf(sealer, sentBack(other), now).beginning.startedAt, now, other)
  }
})

test('a tag that is forged, cut, from another installation or for another request is worth nothing', () => {
  const path = returnPath(sealer, asked, began)
  const tag = path.slice(path.indexOf('latchkey_request=') + 'latchkey_request='.length)
  const foreign = returnPath(sealerOf('theirs'), asked, began)
  const another = returnPath(sealer, new Parameters([['client_id', 'spa']]), began)
  const tags = [
    '',
    'x',
    tag.slice(0, -1),
    `${tag}A`,
    tag.toLowerCase(),
    foreign.slice(foreign.lastIndexOf('=') + 1),
    another.slice(another.lastIndexOf('=') + 1),
  ]
  for (const forged of tags) {
    const sent = new Parameters([
      ...asked.names().map((name): [string, string] => [name, asked.get(name) ?? '']),
      ['latchkey_request', forged],
    ])
    const { parameters, beginning } = beginningOf(sealer, sent, now)
    assert.equal(beginning.startedAt, now, forged)
    assert.equal(parameters.has('latchkey_request'), false)
  }
})

test('a repeated parameter of the request stays repeated, so that it is still refused', () => {
  const twice = new Parameters([
    ['client_id', 'a'],
    ['client_id', 'b'],
  ])
  const { parameters } = beginningOf(sealer, sentBack(returnPath(sealer, twice, began)), now)
  assert.deepEqual(parameters.repeated(), ['client_id'])
})

test('the account that the person chose is kept with the request, and holds for that session alone', () => {
  const session = 'AAAAAAAAAAAAAAAAAAAAAA'
  const path = returnPath(sealer, asked, { ...began, chosen: choiceOf(session) })
  const { beginning } = beginningOf(sealer, sentBack(path), now)
  assert.equal(isChoice(beginning, session), true)
  assert.equal(isChoice(beginning, 'BBBBBBBBBBBBBBBBBBBBBB'), false)
  assert.equal(isChoice(began, session), false)
  const changed = beginningOf(sealer, sentBack(path.replace('state=', 'state=x')), now).beginning
  assert.equal(isChoice(changed, session), false)
})
