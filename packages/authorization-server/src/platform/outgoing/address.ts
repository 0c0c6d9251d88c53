// Decides which IP addresses lie in the open internet: everything else is somebody's inside. IANA special-purpose registries
// for IPv4 and IPv6 (RFC 6890), RFC 4291, RFC 6052 (NAT64), RFC 3056 (6to4), RFC 4380 (Teredo), RFC 5214 (ISATAP).
// IPv6 is read by what is allowed: global unicast, less what is carved out of it or carries an IPv4 address inside.

/** `special` is private, link-local, shared, multicast, reserved, for papers, or another address in disguise. */
export type AddressKind = 'public' | 'loopback' | 'special' | 'malformed'

/** A range of addresses: 4 or 16 octets, and how many leading bits count. */
export interface Network {
  readonly octets: readonly number[]
  readonly bits: number
}

const specialNetworks: readonly Network[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  // The machine beneath one's own at a large host of machines: inside, though its number is not.
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '2620:4f:8000::/48',
  '3fff::/20',
].map(networkOrThrow)

const globalUnicast = networkOrThrow('2000::/3')
const loopbackNetworks = ['127.0.0.0/8', '::1/128'].map(networkOrThrow)

/** The octets of an address in its usual spelling, 4 or 16; undefined for anything else. No zone, no shorthand IPv4. */
export function parseAddress(text: string): readonly number[] | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

/** A range as `10.0.0.0/8`, `fd00::/8` or one address; undefined for anything else, and where bits behind the length are set. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', length, rest] = text.split('/')
  const octets = parseAddress(address)
  if (octets === undefined || rest !== undefined) return undefined
  if (length !== undefined && !/^(0|[1-9]\d{0,2})$/.test(length)) return undefined
  const bits = length === undefined ? octets.length * 8 : Number(length)
  if (bits > octets.length * 8) return undefined
  const network = { octets, bits }
  return octets.some((octet, at) => octet !== masked(octet, bits - at * 8)) ? undefined : network
}

export function isWithin(octets: readonly number[], network: Network): boolean {
  if (octets.length !== network.octets.length) return false
  return octets.every((octet, at) => masked(octet, network.bits - at * 8) === (network.octets[at] ?? 0))
}

export function addressKind(address: string): AddressKind {
  const octets = parseAddress(address)
  if (octets === undefined) return 'malformed'
  if (loopbackNetworks.some((network) => isWithin(octets, network))) return 'loopback'
  if (specialNetworks.some((network) => isWithin(octets, network))) return 'special'
  if (octets.length === 4) return 'public'
  return isWithin(octets, globalUnicast) && !isIsatap(octets) ? 'public' : 'special'
}

/** RFC 5214 §6.1: the interface identifier says that an IPv4 address follows. */
function isIsatap(octets: readonly number[]): boolean {
  const [first = 0, second, third, fourth] = octets.slice(8, 12)
  return (first | 0x02) === 0x02 && second === 0 && third === 0x5e && fourth === 0xfe
}

/** The part of an octet that counts when so many of the remaining bits do. */
function masked(octet: number, bits: number): number {
  if (bits >= 8) return octet
  return bits <= 0 ? 0 : octet & (0xff << (8 - bits)) & 0xff
}

function parseIpv4(text: string): readonly number[] | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return undefined
  const octets = parts.map(Number)
  return octets.every((octet) => octet <= 255) ? octets : undefined
}

function parseIpv6(text: string): readonly number[] | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = [groupsOf(halves[0] ?? ''), groupsOf(halves[1] ?? '')]
  if (head === undefined || tail === undefined) return undefined
  const missing = 16 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail]
}

function groupsOf(text: string): readonly number[] | undefined {
  if (text === '') return []
  const groups = text.split(':')
  const octets = groups.map((group, at) => {
    if (group.includes('.')) return at === groups.length - 1 ? parseIpv4(group) : undefined
    if (!/^[0-9a-f]{1,4}$/i.test(group)) return undefined
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
  return octets.every((pair) => pair !== undefined) ? octets.flat() : undefined
}

function networkOrThrow(text: string): Network {
  const network = parseNetwork(text)
  if (network === undefined) throw new Error(`${text} is no range of addresses.`)
  return network
}
