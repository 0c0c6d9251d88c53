// What the console does with signing keys: it shows their lives, and makes successors, all of them and their trail in one commit.
import type { Asked, Desk, Noun, Outcome, SpanLook, Timeline } from '../../../platform/console/index.ts'
import { idTokenAlgorithms } from '../../../records/clients/index.ts'
import { type KeyInList, type KeyPhase, phasesOf, type RotationPlan } from '../../../records/keys/index.ts'
import type { Context } from '../../context/index.ts'
import { changeBy, type Told } from '../trail.ts'

/** As long as clients keep the key set, and as long as an ID token lives; with the skew of clocks. */
const leadMs = 3_720_000
const overlapMs = 86_520_000

export function keysDesk(context: Context, noun: Noun): Desk {
  return {
    noun,
    complete: async (entries) => {
      const states = new Map(context.keys.list().map(({ kid, state }) => [kid, state]))
      return entries.map((entry) => ({
        ...entry,
        values: { ...entry.values, state: states.get(entry.id) ?? null },
      }))
    },
    timeline: async (now) => timelineOf(context.keys.list(), now),
    nounActs: { rotate: (asked) => rotate(context, asked) },
  }
}

async function rotate(context: Context, asked: Asked): Promise<Outcome> {
  const keys = context.keys.list()
  const inUse = new Set(keys.map(({ algorithm }) => algorithm))
  const isWaiting = new Set(keys.filter(({ state }) => state === 'next').map(({ algorithm }) => algorithm))
  const algorithms = idTokenAlgorithms.filter((one) => inUse.has(one) && !isWaiting.has(one))
  // Each rotation publishes more keys: whoever repeats it would make the key set grow without end.
  if (algorithms.length === 0) {
    return {
      kind: 'conflict',
      why: 'Each algorithm has a successor that is published and waits to sign. Nothing was made.',
    }
  }
  const { plans, writes } = await context.keys.planRotation(algorithms, leadMs, overlapMs)
  const trail = plans.flatMap(toldOf).map((told) => changeBy(asked, told))
  const result = await context.database.commit([...trail, ...writes])
  await context.keys.refresh()
  return result.won ? { kind: 'done' } : { kind: 'conflict' }
}

function toldOf({ algorithm, kid, retires, signsFrom, oldKeysPublishedUntil }: RotationPlan): readonly Told[] {
  const made = { algorithm: { before: null, after: algorithm }, signs_from: { before: null, after: signsFrom } }
  const left = { published_until: { before: null, after: oldKeysPublishedUntil } }
  return [
    { kind: 'key.rotated', noun: 'keys', target: kid, changes: made, note: algorithm },
    ...retires.map((old): Told => ({ kind: 'key.retired', noun: 'keys', target: old, changes: left, note: algorithm })),
  ]
}

const looks: Readonly<Record<KeyPhase['state'], SpanLook>> = {
  next: 'waiting',
  signing: 'current',
  retiring: 'leaving',
}
const shortKid = 10

function timelineOf(keys: readonly KeyInList[], now: number): Timeline {
  const lanes = idTokenAlgorithms.flatMap((algorithm) => {
    const siblings = keys
      .filter((key) => key.algorithm === algorithm)
      .toSorted((one, other) => one.signsFrom - other.signsFrom)
    return siblings.map((key) => ({
      label: `${algorithm} ${key.kid}`,
      short: `${algorithm} ${key.kid.slice(0, shortKid)}…`,
      spans: phasesOf(key, siblings).map(({ state, from, to }) => ({ look: looks[state], from, to })),
    }))
  })
  return {
    title: 'The lives of the keys',
    looks: { waiting: 'Published, signs later', current: 'Signs', leaving: 'Still published, signs no more' },
    lanes,
    now,
  }
}
