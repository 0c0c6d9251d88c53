// The command that makes a link to the admin pages: node admin/link.ts, with the settings of the site, which may be running.
import { openDatabase, readSettings } from '../settings.ts'
import { adminLink, createAdminKeys } from './keys.ts'

const { publicUrl, dataDir } = readSettings(process.env)
const database = openDatabase(dataDir)
console.log(adminLink(publicUrl, createAdminKeys(database, publicUrl.startsWith('https:'), Date.now).cut()))
console.error('It works once, within an hour.')
database.close()
