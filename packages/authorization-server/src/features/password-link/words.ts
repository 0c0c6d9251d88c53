// The words of the pages behind a one-time link.
export const passwordLinkWords = {
  title: 'Choose a password',
  lead: 'for {name}',
  password: 'New password',
  submit: 'Set password',
  after: 'This link works once. Every browser and app that is signed in to the account is signed out.',
  doneTitle: 'Your password is set',
  doneText: 'Sign in with it now.',
  signIn: 'Sign in',
  spentTitle: 'This link no longer works',
  spentText: 'It was used, has expired, or the account was changed since it was made.',
  spentHelp: 'Ask whoever sent it for a new one.',
} as const
