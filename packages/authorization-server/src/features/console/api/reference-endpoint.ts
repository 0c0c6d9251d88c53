// The API's reference and the two files that it loads: the same for everybody, kept by browsers for good.
import { referenceFiles, referencePage, referencePath } from '../../../platform/console/index.ts'
import { HttpFault, type Incoming, type Reply } from '../../../platform/http/index.ts'
import { pageContext } from '../../browser/index.ts'
import { type Console, visibleNouns } from '../console.ts'
import { enterPage, pageReply } from '../entering-endpoint.ts'

export async function showReference(here: Console, request: Incoming): Promise<Reply> {
  const entered = await enterPage(here, request, referencePath)
  if ('status' in entered) return entered
  const { version } = await referenceFiles()
  const frame = { nouns: visibleNouns(here, entered.asked.actor) }
  return pageReply(here, entered, referencePage(pageContext(here.context, entered.visitor), { frame, version }))
}

export async function sendReferenceFile({ params }: Incoming): Promise<Reply> {
  const { version, files } = await referenceFiles()
  const file = params['version'] === version ? files.get(params['file'] ?? '') : undefined
  if (file === undefined) throw new HttpFault('not-found', 'There is no such file.')
  return {
    status: 200,
    headers: { 'content-type': file.contentType, 'cache-control': 'public, max-age=31536000, immutable' },
    body: file.body,
  }
}
