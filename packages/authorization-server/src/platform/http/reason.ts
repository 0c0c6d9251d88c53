// The words of a status code. Importing node:http as an ES module would load Node's whole fetch client with it: 40 ms of every start.
const { STATUS_CODES } = process.getBuiltinModule('node:http')

export function reasonOf(status: number): string {
  return STATUS_CODES[status] ?? ''
}
