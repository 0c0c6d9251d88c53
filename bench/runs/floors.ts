// Each operation against its floor, and against the peers that do the same work.
import { Connection } from '../load/connection.ts'
import type { Source } from '../load/loops.ts'
import type { FloorKind, Floors } from '../servers/floor.ts'
import type { Material, Target } from '../servers/target.ts'
import { compare, type Contender, type Pace, ratio, type Result } from './measure.ts'
import {
  authorize,
  clientCredentials,
  codeExchange,
  introspectGarbage,
  introspectValid,
  ourPaths,
  refresh,
  repeated,
  signIn,
} from './operations.ts'
import type { Figure } from './bars.ts'
import type { Engine } from '../servers/target.ts'

export interface Operation {
  readonly id: string
  readonly floor: FloorKind
  readonly inFlight: number
  source(material: Material, target: Target): Source | Promise<Source>
}

export const operations: readonly Operation[] = [
  { id: 'client-credentials', floor: 'b', inFlight: 32, source: (material) => clientCredentials(material, ourPaths) },
  { id: 'introspect-valid', floor: 'b', inFlight: 32, source: (material) => introspectValid(material, ourPaths) },
  { id: 'introspect-garbage', floor: 'b', inFlight: 32, source: (material) => introspectGarbage(material, ourPaths) },
  { id: 'refresh', floor: 'c', inFlight: 64, source: (material) => refresh(material, ourPaths) },
  { id: 'code', floor: 'c+d', inFlight: 64, source: (material) => codeExchange(material, ourPaths) },
  { id: 'authorize', floor: 'a', inFlight: 32, source: (material) => authorize(material, ourPaths) },
  { id: 'sign-in', floor: 'hash', inFlight: 4, source: (material, target) => signIn(material, target.port) },
]

/** A server of others that does the same work, and how each operation is asked of it. */
export interface Peer {
  readonly target: Target
  readonly sources: Readonly<Record<string, Source | undefined>>
}

export interface Compared {
  readonly operation: string
  readonly engine: Engine
  readonly results: readonly Result[]
  readonly figures: readonly Figure[]
}

export interface Stage {
  readonly engine: Engine
  readonly ours: Target
  readonly material: Material
  readonly floors: Floors
  readonly peers: readonly Peer[]
}

export async function compareOperation(operation: Operation, stage: Stage, pace: Pace): Promise<Compared> {
  const { engine, ours, floors } = stage
  const source = await operation.source(stage.material, ours)
  const sample = source.take()
  if (sample === undefined) throw new Error(`There is nothing to ask for ${operation.id}.`)
  const connection = new Connection(ours.port)
  const answer = await connection.exchange(sample.request)
  connection.close()
  const fault = sample.verify(answer)
  if (fault !== undefined) throw new Error(`${operation.id}: ${fault}`)
  await floors.imitate(answer)
  const { inFlight } = operation
  const contenders: readonly Contender[] = [
    { target: floors.target(operation.floor), source: repeated(sample.request, answer), inFlight },
    { target: ours, source, inFlight },
    ...stage.peers.flatMap(({ target, sources }) => {
      const own = sources[operation.id]
      return own === undefined ? [] : [{ target, source: own, inFlight }]
    }),
  ]
  const results = await compare(contenders, pace)
  const [floor, own, ...others] = results
  if (floor === undefined || own === undefined) throw new Error('Nothing was measured.')
  const note = `${own.cpuMicros.median.toFixed(0)} µs against ${floor.cpuMicros.median.toFixed(0)} µs`
  return {
    operation: operation.id,
    engine,
    results,
    figures: [
      { id: operation.id, engine, value: ratio(own, floor), note },
      ...others.map((other) => ({
        id: `${operation.id}:${other.name}`,
        engine,
        value: ratio(own, other),
        note: `${own.cpuMicros.median.toFixed(0)} µs against ${other.cpuMicros.median.toFixed(0)} µs`,
      })),
    ],
  }
}
