/**
 * The profile APIs of the servers that this one replaces: read and change a profile, change a password, sign up.
 * Specifications: RFC 6750; Django REST framework's answers. Tables: none of its own. Settings: profile.
 */
export { type ProfileSettings, profileSettings } from './config.ts'
export { profileFeature } from './endpoint.ts'
