// What the console does with people: add, change, set a password, sign out, disable, delete. Each is one commit with its trail.
import {
  type Asked,
  changedValues,
  type Desk,
  type Entry,
  offeredEntries,
  type Noun,
  type Outcome,
  type Values,
} from '../../../platform/console/index.ts'
import type { FieldErrors } from '../../../platform/html/index.ts'
import { randomId } from '../../../platform/crypto/index.ts'
import type { Write } from '../../../platform/storage/index.ts'
import { disownClients, hasPowers, listClients } from '../../../records/clients/index.ts'
import {
  endPasswordLink,
  newPasswordErrors,
  setPasswordHash,
  setPasswordHashOfSubject,
} from '../../../records/credentials/index.ts'
import { liveGrantsOf } from '../../../records/grants/index.ts'
import {
  addMember,
  findGroupById,
  type Group,
  groupsOf,
  membershipsOf,
  removeMember,
  requireGroup,
} from '../../../records/groups/index.ts'
import { holdInstallation } from '../../../records/installation/index.ts'
import { endSessionsUnderOldEpoch } from '../../../records/logouts/index.ts'
import { sessionsOf } from '../../../records/sessions/index.ts'
import {
  deleteUser,
  emailErrors,
  findUser,
  findUserByIdentifier,
  findUserBySubject,
  insertUser,
  normalizeEmail,
  raiseUserEpoch,
  requireOtherSuperuser,
  setUserActive,
  type StaffChange,
  updateUserByStaff,
  type User,
  usernameErrors,
} from '../../../records/users/index.ts'
import { fieldErrors, takenErrors } from '../../browser/index.ts'
import type { Context } from '../../context/index.ts'
import { roleErrors, whyNotPerson } from '../authority.ts'
import { claimValues, decideClaims } from './person-claims.ts'
import { printLink } from './person-link-endpoint.ts'
import { changeBy, type Told } from '../trail.ts'

const lastSuperuser = 'Somebody must be left who can administer this server: make another superuser first.'
const conflict: Outcome = { kind: 'conflict' }
const mostGroups = 200

export function usersDesk(context: Context, noun: Noun, groups: Noun): Desk {
  return {
    noun,
    async complete(entries) {
      const memberships = await membershipsOf(
        context.database,
        entries.map(({ id }) => Number(id)),
      )
      return entries.map((entry) => ({
        ...entry,
        values: { ...entry.values, groups: memberships.get(Number(entry.id)) ?? [] },
      }))
    },
    choices: async () =>
      (await offeredEntries(context.database, groups, mostGroups)).map(({ id, label }) => ({ value: id, label })),
    add: (asked, values) => add(context, asked, values),
    change: (asked, entry, values) => change(context, asked, entry, values),
    remove: (asked, entry) => withPerson(context, asked, entry, (user) => remove(context, asked, user)),
    consequences: (entry) => consequences(context, Number(entry.id)),
    acts: {
      password: (asked, entry, values) =>
        withPerson(context, asked, entry, (user) => setPassword(context, asked, user, values)),
      link: (asked, entry) => withPerson(context, asked, entry, (user) => printLink(context, asked, user)),
      'sign-out': (asked, entry) => withPerson(context, asked, entry, (user) => signOut(context, asked, user)),
      disable: (asked, entry) => withPerson(context, asked, entry, (user) => setActive(context, asked, user, false)),
      enable: (asked, entry) => withPerson(context, asked, entry, (user) => setActive(context, asked, user, true)),
    },
  }
}

function trail(asked: Asked, user: Pick<User, 'id'>, told: Pick<Told, 'kind' | 'changes'>): Write {
  const target = String(user.id)
  return changeBy(asked, { ...told, noun: 'users', target, userId: user.id })
}

/** The person as they are now, where the actor may act upon them. */
async function withPerson(
  context: Context,
  { actor }: Asked,
  entry: Entry,
  act: (user: User, groups: readonly Group[]) => Promise<Outcome>,
): Promise<Outcome> {
  const user = await findUser(context.database, Number(entry.id))
  if (user === undefined) return conflict
  const [groups, owned] = await Promise.all([
    groupsOf(context.database, user.id),
    listClients(context.database, user.id),
  ])
  const why = whyNotPerson(actor, { ...user, groups, ownsPowers: owned.some(hasPowers) })
  return why === undefined ? act(user, groups) : { kind: 'refused', why }
}

function textOf(values: Values, name: string): string | undefined {
  const value = values[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** What cannot be an identifier, by field. */
function identifierErrors(context: Context, email: string | undefined, username: string | undefined): FieldErrors {
  return {
    email: [
      ...(email === undefined && username === undefined ? ['Give an email or a username.'] : []),
      ...(email === undefined ? [] : emailErrors(email, context.identity.emailMaxLength)),
    ],
    username: username === undefined ? [] : usernameErrors(username),
  }
}

/** Taken also by the other kind: a username with the look of somebody's email would show its owner as that person. */
async function takenIdentifiers(
  context: Context,
  { email, username }: { readonly email: string | undefined; readonly username: string | undefined },
  own?: User,
): Promise<FieldErrors | undefined> {
  const isTaken = async (name: string | undefined): Promise<boolean> => {
    const holder = name === undefined ? undefined : await findUserByIdentifier(context.database, name)
    return holder !== undefined && holder.id !== own?.id
  }
  return fieldErrors({
    email: (await isTaken(email)) ? [takenErrors.email] : [],
    username: (await isTaken(username)) ? [takenErrors.username] : [],
  })
}

async function add(context: Context, asked: Asked, values: Values): Promise<Outcome> {
  const typed = textOf(values, 'email')
  const email = typed === undefined ? undefined : normalizeEmail(typed)
  const username = textOf(values, 'username')
  // Without one nobody signs in to the account until a one-time link, or somebody in charge, gave it one.
  const password = textOf(values, 'password')
  const errors = fieldErrors({
    ...identifierErrors(context, email, username),
    password:
      password === undefined
        ? []
        : await newPasswordErrors(password, { email, username }, context.identity.passwordPolicy),
  })
  if (errors !== undefined) return { kind: 'invalid', errors }
  const taken = await takenIdentifiers(context, { email, username })
  if (taken !== undefined) return { kind: 'invalid', errors: taken }
  const subject = randomId(context.random)
  const hash = password === undefined ? undefined : await context.passwords.hash(password)
  const changes = changedValues({}, { email: email ?? null, username: username ?? null })
  const result = await context.database.commit([
    insertUser({ subject, email, username }, asked.at),
    ...(hash === undefined ? [] : [setPasswordHashOfSubject(subject, hash, asked.at)]),
    changeBy(asked, { kind: 'user.created', noun: 'users', target: { subject }, changes }),
  ])
  if (!result.won) {
    const now = await takenIdentifiers(context, { email, username })
    return now === undefined ? conflict : { kind: 'invalid', errors: now }
  }
  const user = await findUserBySubject(context.database, subject)
  return user === undefined ? conflict : { kind: 'done', id: String(user.id) }
}

async function change(context: Context, asked: Asked, entry: Entry, values: Values): Promise<Outcome> {
  return withPerson(context, asked, entry, async (user, groups) => {
    if (user.updatedAt !== entry.version) return conflict
    const typed = textOf(values, 'email')
    const email = typed === undefined ? undefined : normalizeEmail(typed)
    const isOwn = user.id === asked.actor.id
    const { isSuperuser } = asked.actor
    const told = decideClaims(user, email, values, { isOwn, isSuperuser, at: asked.at })
    const after: StaffChange = {
      email,
      emailVerified: told.kind === 'keep' && told.emailVerified,
      claims: told.kind === 'keep' ? told.claims : user.claims,
      username: textOf(values, 'username'),
      firstName: textOf(values, 'first_name') ?? '',
      lastName: textOf(values, 'last_name') ?? '',
      isStaff: values['is_staff'] === true,
      isSuperuser: values['is_superuser'] === true,
    }
    const wanted = await groupsNamed(context, values['groups'])
    if (wanted === undefined) return { kind: 'invalid', errors: { groups: ['Select a valid choice.'] } }
    const errors = fieldErrors({
      ...identifierErrors(context, after.email, after.username),
      ...roleErrors(asked.actor, { ...user, groups }, { ...after, groups: wanted }),
      ...(told.kind === 'refuse' ? told.errors : {}),
    })
    if (errors !== undefined) return { kind: 'invalid', errors }
    const taken = await takenIdentifiers(context, after, user)
    if (taken !== undefined) return { kind: 'invalid', errors: taken }
    return store(context, asked, { user, groups, after, wanted })
  })
}

async function groupsNamed(context: Context, ids: Values[string] | undefined): Promise<readonly Group[] | undefined> {
  const found: (Group | undefined)[] = []
  for (const id of [ids ?? []].flat().map(Number)) {
    found.push(Number.isSafeInteger(id) ? await findGroupById(context.database, id) : undefined)
  }
  const groups = found.filter((group) => group !== undefined)
  return groups.length === found.length ? groups : undefined
}

interface Decided {
  readonly user: User
  readonly groups: readonly Group[]
  readonly after: StaffChange
  readonly wanted: readonly Group[]
}

async function store(context: Context, asked: Asked, { user, groups, after, wanted }: Decided): Promise<Outcome> {
  const names = (some: readonly Group[]): readonly string[] => some.map(({ name }) => name)
  const changes = changedValues({ ...rowOf(user), groups: names(groups) }, { ...rowOf(after), groups: names(wanted) })
  if (Object.keys(changes).length === 0) return { kind: 'done' }
  const joined = wanted.filter(({ id }) => !groups.some((one) => one.id === id))
  const left = groups.filter(({ id }) => !wanted.some((one) => one.id === id))
  const stepsDown = user.isSuperuser && !after.isSuperuser
  const result = await context.database.commit([
    ...(stepsDown ? [holdInstallation()] : []),
    trail(asked, user, { kind: 'user.changed', changes }),
    ...(stepsDown ? [requireOtherSuperuser(user.id)] : []),
    updateUserByStaff(user, after, asked.at),
    // Whoever printed it might not have been let near somebody in these groups.
    ...(joined.length === 0 ? [] : [endPasswordLink(user.id)]),
    ...joined.flatMap((group) => [requireGroup(group), addMember(group.id, user.id)]),
    ...left.map((group) => removeMember(group.id, user.id)),
  ])
  if (result.won) return { kind: 'done' }
  return stepsDown && result.at === 2 ? { kind: 'refused', why: lastSuperuser } : conflict
}

function rowOf(user: StaffChange): Values {
  return { ...identityOf(user), email_verified: user.emailVerified, ...claimValues(user.claims) }
}

/** What the trail keeps of somebody who was deleted: enough to know who it was. */
function identityOf(user: StaffChange): Values {
  return {
    email: user.email ?? null,
    username: user.username ?? null,
    first_name: user.firstName,
    last_name: user.lastName,
    is_staff: user.isStaff,
    is_superuser: user.isSuperuser,
  }
}

async function setPassword(context: Context, asked: Asked, user: User, values: Values): Promise<Outcome> {
  const password = textOf(values, 'password') ?? ''
  const errors = await newPasswordErrors(password, user, context.identity.passwordPolicy)
  if (errors.length > 0) return { kind: 'invalid', errors: { password: errors } }
  const hash = await context.passwords.hash(password)
  const result = await context.database.commit([
    trail(asked, user, { kind: 'user.password-changed' }),
    raiseUserEpoch(user, asked.at),
    setPasswordHash(user.id, hash, asked.at),
    ...endSessionsUnderOldEpoch(user.id, undefined, asked.at),
  ])
  return result.won ? { kind: 'done' } : conflict
}

async function signOut(context: Context, asked: Asked, user: User): Promise<Outcome> {
  const result = await context.database.commit([
    trail(asked, user, { kind: 'user.signed-out-everywhere' }),
    raiseUserEpoch(user, asked.at),
    ...endSessionsUnderOldEpoch(user.id, undefined, asked.at),
  ])
  return result.won ? { kind: 'done' } : conflict
}

async function setActive(context: Context, asked: Asked, user: User, isActive: boolean): Promise<Outcome> {
  if (user.id === asked.actor.id) return { kind: 'refused', why: 'You cannot disable yourself.' }
  const falls = user.isSuperuser && !isActive
  const changes = { is_active: { before: user.isActive, after: isActive } }
  const result = await context.database.commit([
    ...(falls ? [holdInstallation()] : []),
    trail(asked, user, { kind: isActive ? 'user.enabled' : 'user.disabled', changes }),
    ...(falls ? [requireOtherSuperuser(user.id)] : []),
    setUserActive(user.id, isActive, asked.at),
    ...endSessionsUnderOldEpoch(user.id, undefined, asked.at),
  ])
  if (result.won) return { kind: 'done' }
  return falls && result.at === 2 ? { kind: 'refused', why: lastSuperuser } : conflict
}

async function remove(context: Context, asked: Asked, user: User): Promise<Outcome> {
  if (user.id === asked.actor.id) return { kind: 'refused', why: 'You cannot delete yourself.' }
  const changes = changedValues(
    { ...identityOf(user), subject: user.subject },
    emptied({ ...identityOf(user), subject: null }),
  )
  const result = await context.database.commit([
    ...(user.isSuperuser ? [holdInstallation()] : []),
    trail(asked, user, { kind: 'user.deleted', changes }),
    ...(user.isSuperuser ? [requireOtherSuperuser(user.id)] : []),
    disownClients(user.id),
    // Before the account goes: its apps are told of the sign-out all the same.
    ...endSessionsUnderOldEpoch(user.id, undefined, asked.at),
    deleteUser(user),
  ])
  if (result.won) {
    context.clients.forget()
    return { kind: 'done' }
  }
  return user.isSuperuser && result.at === 2 ? { kind: 'refused', why: lastSuperuser } : conflict
}

function emptied(values: Values): Values {
  return Object.fromEntries(Object.keys(values).map((name) => [name, null]))
}

async function consequences(
  context: Context,
  userId: number,
): Promise<readonly { readonly label: string; readonly count: number }[]> {
  const [sessions, grants, groups, clients] = await Promise.all([
    sessionsOf(context.database, userId),
    liveGrantsOf(context.database, userId, context.clock.now()),
    groupsOf(context.database, userId),
    listClients(context.database, userId),
  ])
  return [
    { label: 'Sessions that end', count: sessions.length },
    { label: 'Grants that end', count: grants.length },
    { label: 'Memberships in groups', count: groups.length },
    { label: 'Applications that stay, without an owner', count: clients.length },
  ]
}
