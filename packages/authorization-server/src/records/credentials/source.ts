// Whom an address counts as: an IPv4 host, or an IPv6 /64, which is one customer. However it is spelled, it is one source.

/** A key for counting; an address that cannot be read shares one key with all its like, so that it is never uncounted. */
export function sourceOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (/^\d+\.\d+\.\d+\.\d+$/.test(address)) return address
  const groups = ipv6Groups(address)
  return groups === undefined ? 'unreadable' : `${groups.slice(0, 4).join(':')}::/64`
}

function ipv6Groups(address: string): readonly string[] | undefined {
  const url = URL.parse(`http://[${address.replace(/%.*$/, '')}]/`)
  if (url === null) return undefined
  const [head = '', tail] = url.hostname.slice(1, -1).split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length
  return [...before, ...Array.from({ length: zeros }, () => '0'), ...after]
}
