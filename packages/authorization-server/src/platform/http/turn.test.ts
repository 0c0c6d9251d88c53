import assert from 'node:assert/strict'
import test from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createTurn } from './turn.ts'

function watched(): { readonly told: string[]; readonly turn: ReturnType<typeof createTurn> } {
  const told: string[] = []
  const turn = createTurn({ begin: () => void told.push('begin'), end: () => void told.push('end') })
  return { told, turn }
}

test('what arrives together is handled, promises and all, before the first of it is answered', async () => {
  const told: string[] = []
  const turn = createTurn()
  for (const name of ['a', 'b', 'c']) {
    turn.handle(() => {
      told.push(`handle ${name}`)
      void Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => turn.answer(() => void told.push(`answer ${name}`)))
    })
  }
  assert.deepEqual(told, [])
  await nextTurn()
  await nextTurn()
  assert.deepEqual(told, ['handle a', 'handle b', 'handle c', 'answer a', 'answer b', 'answer c'])
})

test('who comes alone is handled and answered in the turn in which they came', async () => {
  const { told, turn } = watched()
  turn.handle(() => turn.answer(() => void told.push('answer')))
  await nextTurn()
  assert.deepEqual(told, ['end', 'answer'])
})

test('the first of a crowd are answered before the last of it are handled', async () => {
  const told: string[] = []
  const turn = createTurn()
  for (let at = 0; at < 100; at += 1) {
    turn.handle(() => {
      told.push(`handle ${at}`)
      turn.answer(() => void told.push(`answer ${at}`))
    })
  }
  for (let turns = 0; turns < 4; turns += 1) await nextTurn()
  assert.equal(told.length, 200)
  assert.ok(told.indexOf('answer 63') < told.indexOf('handle 64'))
  assert.ok(told.indexOf('handle 63') < told.indexOf('answer 0'))
})

test('a turn of several is told of before the first is handled, and ends before the loop turns', async () => {
  const { told, turn } = watched()
  for (let at = 0; at < 5; at += 1) {
    turn.handle(() => void Promise.resolve().then(() => told.push('read')))
  }
  const other = setTimeout(() => void told.push('another event'), 0)
  await nextTurn()
  await nextTurn()
  clearTimeout(other)
  const ofTurn = told.filter((one) => one !== 'another event')
  assert.deepEqual(ofTurn, ['begin', 'read', 'read', 'read', 'read', 'read', 'end'])
})

test('an answer that another event made ready is written', async () => {
  const told: string[] = []
  const turn = createTurn()
  turn.answer(() => void told.push('one'))
  turn.answer(() => void told.push('two'))
  assert.deepEqual(told, [])
  await nextTurn()
  await nextTurn()
  assert.deepEqual(told, ['one', 'two'])
})
