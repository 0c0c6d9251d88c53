// The words of the sign-up page.
export const signupWords = {
  title: 'Create your account',
  lead: 'One account for every app here.',
  continueTo: 'to continue to {app}',
  email: 'Email',
  username: 'Username',
  usernameHint: 'Letters, digits and @ . + - _',
  password: 'Password',
  submit: 'Create account',
  haveAccount: 'Already have an account?',
  signIn: 'Sign in',
} as const
