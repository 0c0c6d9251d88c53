// Whom an address counts as: an IPv4 host, or an IPv6 /64, which is one customer. However it is spelled, it is one source.

/** A key for counting; an address that cannot be read shares one key with all its like, so that it is never uncounted. */
export function sourceOf(address: string): string {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(address)) return address
  const groups = ipv6Groups(address)
  if (groups === undefined) return 'unreadable'
  return mappedIpv4(groups) ?? `${groups.slice(0, 4).join(':')}::/64`
}

/** RFC 4291 §2.5.5.2: an IPv4 host inside IPv6, which would else share one /64 with all the others. */
function mappedIpv4(groups: readonly string[]): string | undefined {
  if (groups.slice(0, 6).join(':') !== '0:0:0:0:0:ffff') return undefined
  return groups
    .slice(6)
    .flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff])
    .join('.')
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
