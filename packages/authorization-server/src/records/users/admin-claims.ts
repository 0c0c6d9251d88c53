// What the console shows of the standard claims: OpenID Connect Core §5.1. They are members of one JSON column.
import type { Field, FieldGroup } from '../../platform/console/index.ts'
import { timeZones } from './time-zones.ts'

type Named = Pick<Field, 'name' | 'label' | 'kind'> & Partial<Field>

function claim(field: Named): Field {
  return { column: 'claims', member: field.name, ...field }
}

function part(field: Named): Field {
  return claim({ ...field, member: `address.${field.name}` })
}

const zones = [{ value: '', label: 'Not told' }, ...timeZones.map((zone) => ({ value: zone, label: zone }))]

const profile: readonly Field[] = [
  claim({ name: 'middle_name', label: 'Middle name', kind: 'text' }),
  claim({ name: 'nickname', label: 'Nickname', kind: 'text' }),
  claim({
    name: 'birthdate',
    label: 'Date of birth',
    kind: 'code',
    hint: 'As 1990-12-31. The year alone is enough.',
  }),
  claim({ name: 'gender', label: 'Gender', kind: 'text' }),
  claim({ name: 'locale', label: 'Language', kind: 'code', hint: 'As en or pt-BR.' }),
  claim({ name: 'zoneinfo', label: 'Time zone', kind: 'choice', choices: zones }),
  claim({ name: 'website', label: 'Website', kind: 'code' }),
  claim({ name: 'profile', label: 'Profile page', kind: 'code' }),
  claim({ name: 'picture', label: 'Picture', kind: 'code', hint: 'The address of an image.' }),
]

const address: readonly Field[] = [
  part({ name: 'street_address', label: 'Street and number', kind: 'lines' }),
  part({ name: 'postal_code', label: 'Postal code', kind: 'text' }),
  part({ name: 'locality', label: 'City or town', kind: 'text' }),
  part({ name: 'region', label: 'State, province or region', kind: 'text' }),
  part({ name: 'country', label: 'Country', kind: 'text' }),
]

const phone: readonly Field[] = [
  claim({
    name: 'phone_number',
    label: 'Phone number',
    kind: 'code',
    hint: 'With the country code, as +44 20 7946 0958.',
  }),
  claim({
    name: 'phone_number_verified',
    label: 'Phone number verified',
    kind: 'flag',
    hint: 'Apps are told so. A number that changes is unverified again, until this is set for the new one.',
  }),
]

function namesOf(fields: readonly Field[]): readonly string[] {
  return fields.map(({ name }) => name)
}

export const claimFields: readonly Field[] = [...profile, ...address, ...phone]
export const claimNames: readonly string[] = namesOf(claimFields)
export const claimGroups: readonly FieldGroup[] = [
  {
    title: 'Profile',
    hint: 'All of it is optional. An app sees it only after the person agreed to that.',
    fields: namesOf(profile),
    isFolded: true,
  },
  { title: 'Address', fields: namesOf(address), isFolded: true },
  { title: 'Phone', fields: namesOf(phone), isFolded: true },
]
