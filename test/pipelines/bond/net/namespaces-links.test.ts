/** Links that change while the stream goes on, with our own relay, in network namespaces. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Bonded, startBonded } from '../../../support/network/bonded.ts';

const test = suite('links that change, in namespaces');

const skip = () => console.log('SKIPPED 1: this machine makes no network namespaces with nftables');

const isActive = ({ link }: Bonded, index: number) => link(index)?.state === 'active';

/** Percent of the next `packets` that each link carries. */
async function sharesOf(bonded: Bonded, packets: number): Promise<readonly number[]> {
  const counts = () => (bonded.venue().links ?? []).map(({ sentPacketsTotal }) => sentPacketsTotal);
  const before = counts();
  const { sent } = bonded.venue();
  await bonded.reach(() => bonded.venue().sent >= sent + packets);
  const carried = counts().map((total, index) => total - (before[index] ?? 0));
  const sum = carried.reduce((all, count) => all + count, 0);
  return carried.map((count) => (100 * count) / sum);
}

test('a link whose address the way has forgotten gets a new port, and asks for the relay’s name through itself', async () => {
  // At the first of its addresses nobody answers: all links go on to the next one together.
  const records = { 'relay.test': { A: ['10.88.0.9', '10.88.0.1'] } };
  await using bonded = await startBonded(2, {
    isFiltered: true,
    receiver: 'relay.test',
    // Each carrier has its own server.
    dns: { '10.77.0.1': records, '10.77.1.1': records },
  });
  if (bonded === undefined) return skip();
  const portOf = () => bonded.far().links.find(({ address }) => address === '10.77.0.2')?.port;
  const asked = (source: string) =>
    bonded.questions().filter((question) => question === `asked from ${source}`).length;
  await bonded.reach(() => isActive(bonded, 0) && isActive(bonded, 1) && portOf() !== undefined);
  const [port = 0, before] = [portOf(), asked('10.77.0.2')];
  assert.ok(before > 0);
  assert.ok(asked('10.77.1.2') > 0);
  bonded.network.forget(0, port);
  await bonded.reach(() => !isActive(bonded, 0));
  const hasNewPort = () =>
    bonded.far().links.some((link) => link.address === '10.77.0.2' && link.port !== port);
  await bonded.reach(() => isActive(bonded, 0) && hasNewPort());
  assert.ok(asked('10.77.0.2') > before, 'the name was looked up again, by this link');
  assert.is(bonded.far().lost, 0);
});

test('a link that joins carries its share, and never all', async () => {
  await using bonded = await startBonded(2);
  if (bonded === undefined) return skip();
  bonded.network.plug(1, false);
  await bonded.reach(() => isActive(bonded, 0) && !isActive(bonded, 1), 1000);
  bonded.network.plug(1, true);
  await bonded.reach(() => isActive(bonded, 1), 0);
  const [, joined = 0] = await sharesOf(bonded, 600);
  assert.ok(joined > 20 && joined < 80, `${joined} %`);
  assert.is(bonded.far().lost, 0);
});

test('a link of IPv6 only reaches a relay of IPv4 by its network’s NAT64, beside one of IPv4', async () => {
  await using bonded = await startBonded(2, {
    v6Links: [1],
    // That of the other link comes first, and knows of no translation.
    dns: { '10.77.0.1': {}, 'fd77:1::1': { 'ipv4only.arpa': { AAAA: ['64:ff9b::c000:aa'] } } },
    receiver: '10.88.0.1',
  });
  if (bonded === undefined) return skip();
  await bonded.reach(() => isActive(bonded, 0) && isActive(bonded, 1));
  const shares = await sharesOf(bonded, 600);
  assert.ok(Math.min(...shares) > 20, shares.join());
  await bonded.reach(() => bonded.far().links.length === 2);
  assert.ok(bonded.far().links.some(({ address }) => address === 'fd77:1::2'));
  assert.is(bonded.far().lost, 0);
});

const LARGE_BPS = 8e6;
const SMALL_BPS = 0.8e6;
/** With headers of Ethernet, IP and UDP, as the kernel shapes them. */
const WIRE_BITS = 8 * (1332 + 42);

test('two links of which one has ten times the rate of the other carry 95 % of the sum', async () => {
  const intervalMs = (1000 * WIRE_BITS) / (0.95 * (LARGE_BPS + SMALL_BPS));
  await using bonded = await startBonded(2, { isFiltered: true, intervalMs });
  if (bonded === undefined) return skip();
  bonded.network.limitRate(0, LARGE_BPS);
  bonded.network.limitRate(1, SMALL_BPS);
  await bonded.reach(() => isActive(bonded, 0) && isActive(bonded, 1));
  await bonded.reach(() => true, 2000);
  const [, small = 0] = await sharesOf(bonded, 6000);
  // Without these the large one had more than it takes.
  assert.ok(small > 4.3, `${small} %`);
  assert.is(bonded.far().lost, 0);
});

test.run();
