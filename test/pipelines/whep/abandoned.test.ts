/** Viewers that offer and never connect, with the library's own connections. */
import { readdirSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openPeer } from '../../../pipelines/whep/peer.ts';
import { Rendition } from '../../../pipelines/whep/rendition.ts';
import { Sessions } from '../../../pipelines/whep/sessions.ts';
import { until } from '../../support/box.ts';
import { freeUdpPort } from '../../support/free-port.ts';
import { CHROMIUM_OFFER } from '../../support/media/whep-offers.ts';

const test = suite('abandoned WHEP sessions');

const VIEWERS = 20;
const ROUNDS = 8;
/** Of threads that come and go. */
const SPARE_DESCRIPTORS = 20;
const MEMORY_MAX_BYTES = 150_000_000;

const descriptors = () => readdirSync('/proc/self/fd').length;

test('ICE that never completes costs no descriptor and no memory once it is given up', async () => {
  const network = { port: await freeUdpPort(), host: '127.0.0.1', stunServers: [] };
  let nowMs = 0;
  const faults: string[] = [];
  const sessions = new Sessions({
    settings: {
      ...{ maxViewers: VIEWERS, maxViewersPerAddress: VIEWERS },
      start: { epochMs: 0, monotonicUs: 0 },
    },
    renditions: [new Rendition('mid', 1_000_000)],
    nowMs: () => nowMs,
    openPeer: (options, events) => openPeer({ ...options, network }, events),
    onFault: (reason) => faults.push(reason),
  });
  const offer = async (i: number) => {
    const sdp = CHROMIUM_OFFER.replaceAll('Ab1+', `Ab1+${i}`);
    const limits = { address: 'one', isPreview: false, renditions: ['mid'] } as const;
    return await sessions.offer({ type: 'offer', request: i, sdp, ...limits });
  };
  const flood = async (round: number) => {
    const answers = [];
    for (let i = 0; i < 2 * VIEWERS; i += 1) answers.push(await offer(100 * round + i));
    const statuses = answers.map(({ status }) => status);
    assert.is(statuses.filter((status) => status === 201).length, VIEWERS, faults.join('; '));
    assert.is(statuses.filter((status) => status === 503).length, VIEWERS);
    nowMs += 11_000;
    sessions.sweep();
    assert.is(sessions.count, 0);
  };
  await flood(0);
  const [descriptorsBefore, bytesBefore] = [descriptors(), process.memoryUsage().rss];
  for (let round = 1; round <= ROUNDS; round += 1) await flood(round);
  await until(
    () => descriptors() <= descriptorsBefore + SPARE_DESCRIPTORS,
    60_000,
    () => {
      return `${descriptorsBefore} descriptors before, ${descriptors()} now`;
    },
  );
  const grown = process.memoryUsage().rss - bytesBefore;
  assert.ok(grown < MEMORY_MAX_BYTES, `${Math.round(grown / 1e6)} MB for ${ROUNDS * VIEWERS}`);
});

// The library keeps this process alive until its garbage is collected, and its own cleanup crashes.
test.after(() => void setTimeout(() => process.exit(), 1_000));

test.run();
