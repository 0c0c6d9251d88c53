// Of specs/README.md: every module of the OpenID Foundation's conformance suite, with the test that is titled with its name.
import { modules, plansByFile } from '../../tests/conformance/plans.ts'
import { link, table } from './markdown.ts'
import { type Source, Undocumented } from './sources.ts'

const introduction = [
  'Each module of the OpenID Foundation’s conformance suite for OpenID providers (release 5.1.43) is a test titled with its name, in each',
  'profile that lists it: it drives the server over HTTPS as a relying party, by plain HTTP and HTML forms. `npm test` runs them all on the',
  'embedded database, `npm run test:long` on PostgreSQL as well.',
].join('\n')

/** The parts of the section, its heading first. */
export function conformanceSection(sources: readonly Source[]): readonly string[] {
  const files = sources.filter(({ path }) => path.startsWith('tests/conformance/modules/'))
  const rows = Object.entries(modules).map(([name, { checks }]) => {
    const places = placesOf(name)
    if (places.length === 0) throw new Undocumented(`No profile in tests/conformance/plans.ts lists ${name}.`)
    const [file, ...others] = files.filter(({ text }) => text.includes(`async '${name}'(`))
    if (file === undefined || others.length > 0) {
      throw new Undocumented(`One file in tests/conformance/modules must test ${name}, and only one.`)
    }
    return [`\`${name}\``, checks, places.join(', '), link(file.path)]
  })
  return ['## Conformance', introduction, table(['Module', 'Checks', 'Profiles', 'Test'], rows)]
}

/** The profiles that list a module, each as a link to the file that runs it. */
function placesOf(name: string): readonly string[] {
  return Object.entries(plansByFile).flatMap(([path, plans]) => {
    const listing = plans.filter((plan) => plan.modules.some((one) => one === name))
    return [...new Set(listing.map(({ profile }) => profile))].map((profile) => `[${profile}](../${path})`)
  })
}
