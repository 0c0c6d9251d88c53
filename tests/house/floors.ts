/** Floors and doors: who may import whom. ARCHITECTURE.md draws the same picture. */
import path from 'node:path'
import { importsOf } from './imports.ts'
import { isCode, isTest, type Problem, type SourceFile } from './tree.ts'

export interface FloorPlan {
  /** From the ground up. */
  readonly floors: readonly string[]
  readonly doors: Readonly<Record<string, readonly string[]>>
}

export interface Edge {
  readonly from: string
  readonly to: string
  readonly path: string
  readonly line: number
  readonly target: string
}

const server = 'packages/authorization-server/src/'
const plan = `${server}rooms.ts`

/** The room (`records/users`) that a file lies in, or nothing for the roof and for what is not the server. */
export function roomOf(file: string, { floors }: FloorPlan): string | undefined {
  if (!file.startsWith(server)) return undefined
  const [floor, room, ...rest] = file.slice(server.length).split('/')
  return floor !== undefined && floors.includes(floor) && room !== undefined && rest.length > 0
    ? `${floor}/${room}`
    : undefined
}

/** Imports between rooms. Tests beside the code keep to the floors as well, but may use any door of their own floor. */
export function edgesOf(tree: readonly SourceFile[], floorPlan: FloorPlan): readonly Edge[] {
  return tree
    .filter(({ path: file }) => isCode(file))
    .flatMap((file) => {
      const from = roomOf(file.path, floorPlan)
      if (from === undefined) return []
      return importsOf(file).flatMap(({ specifier, line }) => {
        if (!specifier.startsWith('.')) return []
        const target = path.posix.join(path.posix.dirname(file.path), specifier)
        const to = roomOf(target, floorPlan) ?? 'roof'
        return to === from ? [] : [{ from, to, path: file.path, line, target }]
      })
    })
}

export function checkFloors(tree: readonly SourceFile[], floorPlan: FloorPlan): readonly Problem[] {
  const height = (room: string) => (room === 'roof' ? Infinity : floorPlan.floors.indexOf(room.split('/')[0] ?? ''))
  return edgesOf(tree, floorPlan)
    .filter(({ from, to }) => height(to) > height(from))
    .map(({ from, to, path: file, line }) => ({
      path: file,
      line,
      rule: `${from} imports ${to === 'roof' ? 'the roof' : to}: imports only go down (roof → ${floorPlan.floors.toReversed().join(' → ')})`,
      mend: 'move what is shared to the lower floor, or let the upper one pass it in as an argument.',
    }))
}

export function checkDoors(tree: readonly SourceFile[], floorPlan: FloorPlan): readonly Problem[] {
  const missing = new Set<string>()
  return edgesOf(tree, floorPlan).flatMap(({ from, to, path: file, line, target }) => {
    if (to !== 'roof' && !target.endsWith(`${to}/index.ts`)) {
      const rule = `${target.slice(server.length)} is inside another room: a room is entered by its door, ${to}/index.ts`
      return [
        { path: file, line, rule, mend: `import it from ${to}/index.ts, which exports it if others may have it.` },
      ]
    }
    const sameFloor = from.split('/')[0] === to.split('/')[0]
    if (!sameFloor || isTest(file) || floorPlan.doors[from]?.includes(to) === true) return []
    // One line for each missing door, however many files would use it.
    if (missing.has(`${from} ${to}`)) return []
    missing.add(`${from} ${to}`)
    const mend = `go through a lower floor, or add '${to}' to doors['${from}'] in ${plan} if this belongs to the design.`
    return [{ path: file, line, rule: `no door leads from ${from} to ${to}`, mend }]
  })
}

/** The roof and the tests enter rooms by their doors as well; a test may look at the files of its own subject. */
export function checkRoofDoors(tree: readonly SourceFile[], floorPlan: FloorPlan): readonly Problem[] {
  const roof = tree.filter((file) => /\/(src|bin)\//.test(file.path) && isCode(file.path) && !isTest(file.path))
  return roof
    .filter(
      ({ path: file }) => file.startsWith('packages/authorization-server/') && roomOf(file, floorPlan) === undefined,
    )
    .flatMap((file) =>
      importsOf(file).flatMap(({ specifier, line }) => {
        const target = path.posix.join(path.posix.dirname(file.path), specifier)
        const room = specifier.startsWith('.') ? roomOf(target, floorPlan) : undefined
        if (room === undefined || target.endsWith(`${room}/index.ts`)) return []
        const rule = `${target.slice(server.length)} is inside a room: the roof, too, enters by ${room}/index.ts`
        return [{ path: file.path, line, rule, mend: `import it from ${room}/index.ts.` }]
      }),
    )
}

/** A listed door that nobody uses misleads; a circle of doors makes two rooms one. */
export function checkPlan(tree: readonly SourceFile[], floorPlan: FloorPlan): readonly Problem[] {
  const used = new Set(
    edgesOf(tree, floorPlan)
      .filter((edge) => !isTest(edge.path))
      .map(({ from, to }) => `${from} ${to}`),
  )
  const listed = Object.entries(floorPlan.doors).flatMap(([from, all]) => all.map((to) => ({ from, to })))
  const unused = listed
    .filter(({ from, to }) => !used.has(`${from} ${to}`))
    .map(({ from, to }) => ({
      path: plan,
      line: 1,
      rule: `the door from ${from} to ${to} is listed, and nobody uses it`,
      mend: 'remove it.',
    }))
  const circle = circleIn(floorPlan.doors)
  if (circle === undefined) return unused
  const rule = `the doors lead in a circle: ${circle.join(' → ')}`
  return [...unused, { path: plan, line: 1, rule, mend: 'move what both need to a room below them, or pass it in.' }]
}

/** Circles that go through several floors or undeclared doors, counting type imports too. */
export function checkCircles(tree: readonly SourceFile[], floorPlan: FloorPlan): readonly Problem[] {
  const graph: Record<string, string[]> = {}
  const edges = edgesOf(tree, floorPlan).filter((edge) => !isTest(edge.path))
  for (const { from, to } of edges) (graph[from] ??= []).push(to)
  const circle = circleIn(graph)
  if (circle === undefined) return []
  const edge = edges.find(({ from, to }) => from === circle[0] && to === circle[1])
  const rule = `rooms import each other in a circle: ${circle.join(' → ')}`
  return [
    {
      path: edge?.path ?? plan,
      line: edge?.line ?? 1,
      rule,
      mend: 'turn one of these imports around, or pass the value in.',
    },
  ]
}

function circleIn(graph: Readonly<Record<string, readonly string[]>>): readonly string[] | undefined {
  const done = new Set<string>()
  const visit = (room: string, trail: readonly string[]): readonly string[] | undefined => {
    if (trail.includes(room)) return [...trail.slice(trail.indexOf(room)), room]
    if (done.has(room)) return undefined
    for (const next of graph[room] ?? []) {
      const circle = visit(next, [...trail, room])
      if (circle !== undefined) return circle
    }
    done.add(room)
    return undefined
  }
  for (const room of Object.keys(graph)) {
    const circle = visit(room, [])
    if (circle !== undefined) return circle
  }
  return undefined
}

/** Every room has a door, and the door says what the room is. */
export function checkDoorComments(tree: readonly SourceFile[], floorPlan: FloorPlan): readonly Problem[] {
  const rooms = new Set(tree.filter(({ path: file }) => isCode(file)).map(({ path: file }) => roomOf(file, floorPlan)))
  return [...rooms].flatMap((room) => {
    if (room === undefined) return []
    const door = `${server}${room}/index.ts`
    const file = tree.find((one) => one.path === door)
    const mend = 'open index.ts with a comment: what the room owns, which specifications, which tables, which settings.'
    if (file === undefined) return [{ path: door, line: 1, rule: `the room ${room} has no door`, mend }]
    if (file.tokens[0]?.kind === 'comment' && file.tokens[0].text.length > 40) return []
    return [{ path: door, line: 1, rule: `the door of ${room} does not say what is behind it`, mend }]
  })
}

/** A file on a floor, but in no room. */
export function checkStrays(tree: readonly SourceFile[], floorPlan: FloorPlan): readonly Problem[] {
  return tree
    .filter(({ path: file }) => floorPlan.floors.some((floor) => new RegExp(`^${server}${floor}/[^/]+$`).test(file)))
    .map(({ path: file }) => ({
      path: file,
      line: 1,
      rule: 'a file on a floor lies in a room',
      mend: 'give it a folder with an index.ts.',
    }))
}
