// The words of the set-up page.
export const setupWords = {
  title: 'Set up Latchkey',
  lead: 'Create the first administrator. This page works once.',
  email: 'Email',
  password: 'Password',
  submit: 'Create administrator',
  after: 'Afterwards you are signed in and can invite others or register apps.',
  usedTitle: 'This set-up link no longer works',
  usedText: 'It was used, has expired, or an administrator exists already.',
  usedHelp: 'To get a new link, restart the server while it has no administrator, or create one on its command line:',
  signIn: 'Sign in',
} as const
