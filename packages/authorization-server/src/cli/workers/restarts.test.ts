import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterDeath } from './restarts.ts'

const early = { earlyDeaths: 0, livedMs: 50, wasAsked: false, othersServe: false }

test('a worker that served well is replaced at once, and so is one that was asked to end', () => {
  const atOnce = { kind: 'restart', afterMs: 0, earlyDeaths: 0 }
  assert.deepEqual(afterDeath({ ...early, earlyDeaths: 4, livedMs: 10_000 }), atOnce)
  assert.deepEqual(afterDeath({ ...early, earlyDeaths: 4, wasAsked: true }), atOnce)
})

test('workers that die early are replaced after longer and longer pauses; the fifth in a row ends the whole', () => {
  const answers = [0, 1, 2, 3, 4].map((earlyDeaths) => afterDeath({ ...early, earlyDeaths }))
  assert.deepEqual(
    answers.map((answer) => (answer.kind === 'restart' ? answer.afterMs : answer.kind)),
    [100, 200, 400, 800, 'give-up'],
  )
})

test('while others serve nothing is given up, and the pause has a bound', () => {
  const answer = afterDeath({ ...early, earlyDeaths: 40, othersServe: true })
  assert.deepEqual(answer, { kind: 'restart', afterMs: 30_000, earlyDeaths: 41 })
})
