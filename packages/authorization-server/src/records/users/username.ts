// What a username may be: Django's UnicodeUsernameValidator (letters, digits and @ . + - _) and its longest length.

const longestUsername = 150
const allowed = /^[\p{L}\p{N}\p{M}_.@+-]+$/u

/** What is wrong with a username that somebody typed, in sentences; none when it may be stored. */
export function usernameErrors(username: string): readonly string[] {
  if (!allowed.test(username)) {
    return ['Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.']
  }
  return Array.from(username).length > longestUsername
    ? [`Ensure this field has no more than ${longestUsername} characters.`]
    : []
}
