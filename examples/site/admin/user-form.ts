// Decides what of a form makes a user.
import type { Account, NewAccount } from '@latchkey/client'
import { firstMistakes, type Mistakes } from '../sign-ins/sign-in.ts'

export interface UserForm {
  readonly username: string
  readonly email: string
  readonly givenName: string
  readonly familyName: string
  readonly isActive: boolean
  readonly isStaff: boolean
  /** Where the person signs in, and as whom: of a new user. */
  readonly signIn: string
  readonly subject: string
}

export const emptyForm: UserForm = {
  username: '',
  email: '',
  givenName: '',
  familyName: '',
  isActive: true,
  isStaff: false,
  signIn: '',
  subject: '',
}

export function formOfAccount({ username, email, givenName, familyName, isActive, isStaff }: Account): UserForm {
  const names = { username, email: email ?? '', givenName: givenName ?? '', familyName: familyName ?? '' }
  return { ...emptyForm, ...names, isActive, isStaff }
}

export function readUser(form: URLSearchParams): UserForm {
  const typed = (name: string): string => (form.get(name) ?? '').normalize('NFKC').trim()
  return {
    username: typed('username'),
    email: typed('email'),
    givenName: typed('givenName'),
    familyName: typed('familyName'),
    isActive: form.get('isActive') === 'on',
    isStaff: form.get('isStaff') === 'on',
    signIn: typed('signIn'),
    // Compared byte for byte: whoever issues it decides what it looks like.
    subject: (form.get('subject') ?? '').trim(),
  }
}

export function mistakesIn({ username, email, givenName, familyName, subject }: UserForm): Mistakes {
  const isEmail = email === '' || /^[^\s@]+@[^\s@]+$/.test(email)
  const fits = (text: string): boolean => text.length <= 150
  return firstMistakes([
    [username === '', 'username', 'Enter a username.'],
    [!fits(username), 'username', 'At most 150 characters.'],
    [!isEmail || email.length > 254, 'email', 'Enter an e-mail address.'],
    [!fits(givenName), 'givenName', 'At most 150 characters.'],
    [!fits(familyName), 'familyName', 'At most 150 characters.'],
    [subject.length > 255, 'subject', 'At most 255 characters.'],
  ])
}

export function namesOf({ username, email, givenName, familyName }: UserForm): NewAccount {
  const known = (text: string): string | undefined => (text === '' ? undefined : text)
  return { username, email: known(email), givenName: known(givenName), familyName: known(familyName) }
}
