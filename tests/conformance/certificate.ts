// A self-signed certificate for names that lead nowhere but here. RFC 5280 §4; Node can sign, but not issue, so the few octets of
// DER are written by hand.
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

export interface Identity {
  /** In PEM. */
  readonly key: string
  readonly certificate: string
}

const dayMs = 86_400_000
const ecdsaWithSha256 = oid('2a8648ce3d040302')
const commonName = oid('550403')
const subjectAltName = oid('551d11')
const basicConstraints = oid('551d13')

/** Good for a day before and a week after now, for these names only. */
export function selfSigned(names: readonly string[]): Identity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const toBeSigned = certificateBody(names, publicKey)
  const algorithm = sequence(ecdsaWithSha256)
  const signature = sign('sha256', toBeSigned, privateKey)
  const certificate = sequence(toBeSigned, algorithm, bits(signature))
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    certificate: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64').replaceAll(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`,
  }
}

function certificateBody(names: readonly string[], publicKey: KeyObject): Buffer {
  const name = sequence(element(0x31, sequence(commonName, element(0x0c, Buffer.from('Conformance tests')))))
  const now = Date.now()
  const validity = sequence(utcTime(now - dayMs), utcTime(now + 7 * dayMs))
  const dnsNames = names.map((one) => element(0x82, Buffer.from(one, 'latin1')))
  const extensions = [
    // Its own issuer: trusted as a root, and shown as a leaf.
    extension(basicConstraints, sequence(element(0x01, Buffer.of(0xff)))),
    extension(subjectAltName, sequence(...dnsNames)),
  ]
  return sequence(
    element(0xa0, element(0x02, Buffer.of(2))),
    element(0x02, Buffer.of(1)),
    sequence(ecdsaWithSha256),
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(...extensions)),
  )
}

function extension(id: Buffer, value: Buffer): Buffer {
  return sequence(id, element(0x04, value))
}

function utcTime(instant: number): Buffer {
  const [whole = ''] = new Date(instant).toISOString().replaceAll(/[-:T]/g, '').split('.')
  return element(0x17, Buffer.from(`${whole.slice(2)}Z`, 'latin1'))
}

function oid(hex: string): Buffer {
  return element(0x06, Buffer.from(hex, 'hex'))
}

function bits(octets: Buffer): Buffer {
  return element(0x03, Buffer.concat([Buffer.of(0), octets]))
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, Buffer.concat(parts))
}

function element(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...size), content])
}
