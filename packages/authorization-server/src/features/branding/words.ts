// The words beside an application's mark.
export const brandingWords = {
  about: 'About {app}',
  policy: 'Privacy policy',
  terms: 'Terms of service',
} as const
