// A child process that owns the writer of one file. Several handles of its parent share the channel: each message says
// which handle it belongs to. "end" closes the file and ends the process.

import { type Line, openWriterOwner } from '../../packages/authorization-server/src/platform/storage/shared-writer.ts'

interface Envelope {
  readonly handle: number
  readonly message: unknown
}

if (process.send === undefined) throw new Error('This runs as a child with a channel.')
const send = process.send.bind(process)
const [file = ''] = process.argv.slice(2)
const owner = await openWriterOwner({ file, onFatal: () => process.exit(7) })
const handles = new Map<number, (message: unknown) => void>()

process.on('message', (envelope: Envelope | 'end') => {
  if (envelope === 'end') {
    void owner.close().then(() => process.disconnect?.())
    return
  }
  const { handle, message } = envelope
  if (!handles.has(handle)) owner.serve(lineTo(handle))
  handles.get(handle)?.(message)
})
send('ready')

function lineTo(handle: number): Line {
  return {
    send: (message) => send({ handle, message }),
    listen: (receive) => handles.set(handle, receive),
  }
}
