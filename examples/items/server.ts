// Starts the items API: node server.ts
import { createItemsApp } from './app.ts'
import { readSettings } from './settings.ts'

const settings = readSettings(process.env)
const { app } = await createItemsApp(settings)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close())
try {
  await app.listen({ host: settings.host, port: settings.port })
  console.log(`The items API listens on ${settings.publicUrl}; its tokens come from ${settings.issuer}.`)
} catch (error) {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  console.error(isTaken ? `Port ${settings.port} is in use. Set PORT to another.` : error)
  process.exitCode = 1
  await app.close()
}
