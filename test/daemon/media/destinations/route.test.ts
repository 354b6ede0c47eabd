/** Which link a destination is reached by. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DestinationConfig } from '../../../../daemon/config/destinations.ts';
import { parseConfig } from '../../../../daemon/config/file.ts';
import {
  followRoutes,
  hostOf,
  linksAt,
  ownAddressTowards,
} from '../../../../daemon/media/destinations/route.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const test = suite('routes of destinations');

const LINKS = [
  { id: 'lte', device: 'wwan0' },
  { id: 'demo', address: '127.0.0.2' },
];
const ADDRESSES = new Map([
  ['wwan0', ['10.1.2.3', '2001:db8::3']],
  ['eth0', ['192.168.1.7']],
]);

const DESTINATIONS = parseConfig(
  'x',
  `uplink:
  destinations:
    - {id: web, kind: rtmp, url: "rtmps://a.example.org:443/live2", key_file: k}
    - {id: six, kind: rtmp, url: "rtmp://[2001:db8::9]/live", key_file: k}
    - {id: archive, kind: srt, host: far.example.org, port: 1}`,
  [],
).uplink?.destinations as readonly DestinationConfig[];

test('links are found by their own address, or by one of their interface', () => {
  assert.equal(linksAt('10.1.2.3', LINKS, ADDRESSES), ['lte']);
  assert.equal(linksAt('2001:db8::3', LINKS, ADDRESSES), ['lte']);
  assert.equal(linksAt('127.0.0.2', LINKS, ADDRESSES), ['demo']);
  assert.equal(linksAt('192.168.1.7', LINKS, ADDRESSES), []);
});

test('modems that hand out the same address are all found', () => {
  const twins = [...LINKS, { id: 'other', device: 'wwan1' }];
  const addresses = new Map([...ADDRESSES, ['wwan1', ['10.1.2.3']]]);
  assert.equal(linksAt('10.1.2.3', twins, addresses), ['lte', 'other']);
});

test('the host is that of the URL, or the one of SRT', () => {
  assert.equal(DESTINATIONS.map(hostOf), ['a.example.org', '2001:db8::9', 'far.example.org']);
});

test('the kernel chooses the address: where none is, it rejects', async () => {
  assert.is(await ownAddressTowards('127.0.0.1'), '127.0.0.1');
  let isRejected = false;
  // Reserved: no packet may have it as its destination (RFC 1122 §3.2.1.3).
  await ownAddressTowards('255.255.255.255').catch(() => {
    isRejected = true;
  });
  assert.is(isRejected, true);
});

test('it is looked at again and again, and stays as it was while nothing is known', async () => {
  const clock = new VirtualClock();
  const answers: (string | undefined)[] = ['10.1.2.3', undefined, '192.168.1.7'];
  const seen: (readonly string[])[] = [];
  const stop = new AbortController();
  const following = followRoutes(
    DESTINATIONS.slice(2),
    (id, links) => {
      assert.is(id, 'archive');
      seen.push(links);
    },
    {
      ...{ clock, links: () => LINKS, addresses: () => ADDRESSES },
      towards: async (host) => {
        assert.is(host, 'far.example.org');
        const answer = answers.shift();
        if (answer === undefined) throw new Error('ENOTFOUND');
        return answer;
      },
    },
    stop.signal,
  );
  for (let s = 0; s < 25; s += 1) await clock.advance(1_000);
  stop.abort();
  await following;
  assert.equal(seen, [['lte'], []]);
});

test.run();
