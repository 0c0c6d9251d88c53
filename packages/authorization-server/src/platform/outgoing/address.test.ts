import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { addressKind, isWithin, parseAddress, parseNetwork } from './address.ts'

const kinds = {
  public: [
    '1.1.1.1',
    '8.8.8.8',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.0.1',
    '172.32.0.1',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450:4001::200e',
    '2001:4860:4860::8888',
  ],
  loopback: ['127.0.0.1', '127.255.255.254', '::1', '0:0:0:0:0:0:0:1'],
  special: [
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '100.100.100.200',
    '100.127.255.255',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.0.0.170',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:8.8.8.8',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::8.8.8.8',
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:0:7f00:1::',
    '2001:2::1',
    '2001:10::1',
    '2001:20::1',
    '2001:db8::1',
    '2002:7f00:1::1',
    '2002:808:808::1',
    '3fff::1',
    '5f00::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    '2606:4700::5efe:10.0.0.1',
    '2606:4700::200:5efe:7f00:1',
  ],
  malformed: [
    '',
    'localhost',
    '127.1',
    '127.0.0.1.',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '127.0.0.256',
    '1.2.3',
    '1.2.3.4.5',
    '2130706433',
    ' 127.0.0.1',
    '[::1]',
    '::1%eth0',
    'fe80::1%25lo',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    '12345::',
    '::1.2.3',
    '::1.2.3.4:5',
    'g::1',
  ],
} as const

for (const [kind, addresses] of Object.entries(kinds)) {
  test(`${addresses.length} addresses are known as ${kind} (RFC 6890)`, () => {
    for (const address of addresses) assert.equal(addressKind(address), kind, address)
  })
}

test('an IPv6 address means the same however it is written', () => {
  const groups = fc.array(fc.integer({ min: 0, max: 0xff_ff }), { minLength: 8, maxLength: 8 })
  fc.assert(
    fc.property(groups, (values) => {
      const long = values.map((value) => value.toString(16).padStart(4, '0')).join(':')
      const short = new URL(`http://[${long}]/`).hostname.slice(1, -1)
      assert.deepEqual(parseAddress(short), parseAddress(long))
      assert.deepEqual(parseAddress(long.toUpperCase()), parseAddress(long))
    }),
  )
})

test('a range is a prefix without a bit behind it, and holds what begins with it', () => {
  const network = parseNetwork('10.20.16.0/20')
  assert.ok(network)
  const inside = (address: string): boolean => isWithin(parseAddress(address) ?? [], network)
  assert.deepEqual(['10.20.16.0', '10.20.31.255', '10.20.15.255', '10.20.32.0', '::ffff:10.20.16.1'].map(inside), [
    true,
    true,
    false,
    false,
    false,
  ])
  for (const wrong of [
    '10.0.0.1/8',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    'fd00::/129',
    'all',
    '',
  ]) {
    assert.equal(parseNetwork(wrong), undefined, wrong)
  }
  assert.equal(parseNetwork('fd00::/8')?.bits, 8)
  assert.equal(parseNetwork('10.1.2.3')?.bits, 32)
  assert.equal(parseNetwork('0.0.0.0/0')?.bits, 0)
})
