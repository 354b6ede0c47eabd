/** Viewers by WebRTC: how many, and until when. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Connection } from '../../../pipelines/webrtc/connection.ts';
import type { PeerEvents } from '../../../pipelines/whep/peer.ts';
import { Rendition } from '../../../pipelines/whep/rendition.ts';
import { Sessions } from '../../../pipelines/whep/sessions.ts';
import { IDR_UNIT, VIDEO_CAPS } from '../../support/feed.ts';
import { CHROMIUM_OFFER } from '../../support/media/whep-offers.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('sessions of WHEP');

/** Sessions with peers that connect when the test says so. */
function openSessions(maxViewers = 3, maxViewersPerAddress = 2) {
  const peers: (PeerEvents & { isClosed: boolean; packets: number })[] = [];
  const rendition = new Rendition('mid', 900_000);
  rendition.setCaps(VIDEO_CAPS);
  const clock = { ms: 1_000 };
  const sessions = new Sessions({
    settings: { maxViewers, maxViewersPerAddress, start: { epochMs: 0, monotonicUs: 0 } },
    renditions: [rendition],
    openPeer: (_options, events): Connection => {
      const peer = { ...events, isClosed: false, packets: 0 };
      peers.push(peer);
      return {
        answer: Promise.resolve('v=0'),
        send: () => {
          peer.packets += 1;
        },
        close: () => {
          peer.isClosed = true;
        },
      };
    },
    nowMs: () => clock.ms,
    onFault: (reason) => {
      throw new Error(reason);
    },
  });
  const offer = (address: string, sdp = CHROMIUM_OFFER, isPreview = false) =>
    sessions.offer({ type: 'offer', request: 1, address, isPreview, renditions: ['mid'], sdp });
  return { sessions, peers, rendition, clock, offer };
}

test('there are so many viewers, and so many of an address; the others are told', async () => {
  const { sessions, offer } = openSessions();
  const statuses = [];
  for (const address of ['a', 'a', 'a', 'b', 'c']) statuses.push((await offer(address)).status);
  assert.equal(statuses, [201, 201, 503, 201, 503]);
  assert.is(sessions.count, 3);
});

test('a thousand offers that never connect take no more than there may be, and are gone after 10 s', async () => {
  const { sessions, peers, clock, offer } = openSessions(50, 10);
  for (let i = 0; i < 1_000; i += 1) {
    clock.ms += 60;
    await offer(`address ${i % 100}`);
    if (i % 16 === 0) sessions.sweep();
    assert.ok(sessions.count <= 50);
  }
  clock.ms += 11_000;
  sessions.sweep();
  assert.is(sessions.count, 0);
  assert.ok(peers.every(({ isClosed }) => isClosed));
});

test('it tells which renditions its viewers are to get, as long as there is one', async () => {
  const { sessions, offer } = openSessions();
  assert.equal(sessions.wanted, []);
  const answer = await offer('a');
  await offer('b');
  assert.equal(sessions.wanted, ['mid']);
  sessions.end('id' in answer ? answer.id : '');
  assert.equal(sessions.wanted, ['mid']);
  sessions.endAll();
  assert.equal(sessions.wanted, []);
});

test('where all places are taken by offers that did not connect, a newcomer gets one of them', async () => {
  const { sessions, peers, clock, offer } = openSessions(20, 10);
  for (let i = 0; i < 20; i += 1) await offer(i < 10 ? 'one' : 'other');
  peers[0]?.onOpen();
  clock.ms += 1_999;
  assert.is((await offer('guest')).status, 503, 'they may connect yet');
  clock.ms += 1;
  assert.is((await offer('guest')).status, 201);
  assert.is(sessions.count, 20);
  assert.ok(peers[0]?.isClosed === false && peers.filter(({ isClosed }) => isClosed).length === 1);
  for (let i = 0; i < 30; i += 1) await offer(`guest ${i}`);
  assert.is(peers[0]?.isClosed, false, 'one that is connected stays');
  assert.is(sessions.count, 20);
});

test('an address that floods takes no place of one that has fewer', async () => {
  const { peers, clock, offer } = openSessions(10, 10);
  for (let i = 0; i < 5; i += 1) await offer('a');
  for (let i = 0; i < 5; i += 1) await offer('b');
  clock.ms += 5_000;
  assert.is((await offer('a')).status, 503);
  assert.ok(peers.every(({ isClosed }) => !isClosed));
});

test('five addresses that watch by all places share them with whoever comes', async () => {
  const { sessions, peers, offer } = openSessions(50, 10);
  for (let i = 0; i < 50; i += 1) {
    await offer(`one of five: ${i % 5}`);
    peers[i]?.onOpen();
  }
  for (let i = 0; i < 40; i += 1) {
    assert.is((await offer(`guest ${i}`)).status, 201);
    peers.at(-1)?.onOpen();
  }
  assert.is(sessions.count, 50);
  const counts = new Map<string, number>();
  for (const address of sessions.addresses) counts.set(address, (counts.get(address) ?? 0) + 1);
  assert.is(counts.size, 45, 'every address has a place');
  assert.ok(
    peers.slice(0, 5).every(({ isClosed }) => !isClosed),
    'who came first stays',
  );
  assert.is((await offer('one of five: 0')).status, 503);
  assert.is((await offer('guest 1')).status, 503);
});

test('at random, whoever has fewer places than another by two gets one', async () => {
  const random = seeded(17);
  const below = (count: number) => Math.floor(random() * count);
  for (let run = 0; run < 30; run += 1) {
    const { sessions, peers, offer } = openSessions(below(20) + 2, 10);
    for (let i = 0; i < 100; i += 1) {
      const address = `address ${below(6)}`;
      const places = sessions.addresses;
      const countOf = (one: string) => places.filter((other) => other === one).length;
      const most = Math.max(0, ...places.map(countOf));
      const before = sessions.count;
      const { status } = await offer(address);
      if (status === 201) peers.at(-1)?.onOpen();
      else assert.ok(countOf(address) >= 10 || most <= countOf(address) + 1);
      assert.ok(sessions.count >= before);
    }
  }
});

test('at random, no offer ends a viewer that is connected: one that connects ends one at most', async () => {
  const random = seeded(23);
  const below = (count: number) => Math.floor(random() * count);
  for (let run = 0; run < 30; run += 1) {
    const places = below(12) + 2;
    const { sessions, peers, clock, offer } = openSessions(places, 6);
    const begun = new Set<unknown>();
    for (let i = 0; i < 150; i += 1) {
      clock.ms += below(300);
      const open = sessions.addresses.length;
      const kind = below(4);
      if (kind === 0) assert.is((await offer(`stranger ${i}`, 'garbage')).status, 400);
      else if (kind === 1) await offer(`stranger ${i}`);
      else if (kind === 2) await offer(`guest ${below(4)}`);
      if (kind !== 3) assert.is(sessions.addresses.length, open, `${run}, ${i}: ${kind}`);
      else {
        const waiting = peers.filter((peer) => !peer.isClosed && !begun.has(peer));
        const next = waiting[below(waiting.length)];
        begun.add(next);
        next?.onOpen();
        assert.ok(sessions.addresses.length >= open && sessions.addresses.length <= places);
      }
      assert.ok(sessions.count <= places + 16);
    }
  }
});

test('who comes while others wait beyond all places gets the place of one that does not connect', async () => {
  const { sessions, peers, clock, offer } = openSessions(20, 20);
  for (let i = 0; i < 20; i += 1) {
    await offer('all');
    peers[i]?.onOpen();
  }
  const statuses = [];
  for (let i = 0; i < 40; i += 1) statuses.push((await offer('flood')).status);
  assert.is(statuses.filter((status) => status === 201).length, 16);
  assert.is((await offer('guest')).status, 503);
  clock.ms += 2_000;
  assert.is((await offer('guest')).status, 201);
  peers.at(-1)?.onOpen();
  assert.equal(sessions.addresses, [...Array.from({ length: 19 }, () => 'all'), 'guest']);
});

test('the crew sees the picture however many guests there are', async () => {
  const { sessions, offer } = openSessions(3, 3);
  for (let i = 0; i < 3; i += 1) await offer('a');
  const statuses = [];
  for (let i = 0; i < 5; i += 1) statuses.push((await offer('a', CHROMIUM_OFFER, true)).status);
  assert.equal(statuses, [201, 201, 201, 201, 503]);
  assert.is(sessions.count, 7);
});

test('a malformed offer opens nothing', async () => {
  const { sessions, peers, offer } = openSessions();
  assert.is((await offer('a', 'v=0')).status, 400);
  assert.is((await offer('a', CHROMIUM_OFFER.replaceAll('H264', 'VP9'))).status, 406);
  assert.is(sessions.count + peers.length, 0);
});

test('a viewer that connects gets the picture at once, and its address is listed', async () => {
  const { sessions, peers, rendition, offer } = openSessions();
  rendition.add({ data: IDR_UNIT, isKeyframe: true }, 3_000, 900);
  await offer('a');
  assert.equal(sessions.addresses, []);
  peers[0]?.onOpen();
  // The key frame with its parameter sets, and two reports.
  assert.ok((peers[0]?.packets ?? 0) >= 5);
  assert.equal(sessions.addresses, ['a']);
});

test('one of the crew gets the picture, and is not listed among the guests', async () => {
  const { sessions, peers, offer } = openSessions();
  await offer('a', CHROMIUM_OFFER, true);
  peers[0]?.onOpen();
  assert.is(sessions.count, 1);
  assert.equal(sessions.addresses, []);
});

test('a viewer that floods with reports is ended, and one that loses much is not', async () => {
  const { sessions, peers, clock, offer } = openSessions();
  for (const address of ['loses', 'floods']) await offer(address);
  for (const peer of peers) peer.onOpen();
  const nack = Buffer.from('81cd00030000000100000009ffffffff', 'hex');
  for (let s = 0; s < 20; s += 1) {
    clock.ms += 1_000;
    for (let i = 0; i < 300; i += 1) peers[0]?.onFeedback(nack);
    for (let i = 0; i < 3_000; i += 1) peers[1]?.onFeedback(nack);
  }
  sessions.sweep();
  assert.equal(sessions.addresses, ['loses']);
  assert.is(peers[1]?.isClosed, true);
});

test('a viewer that reports stays; one that is silent for 10 s, or closes, is gone', async () => {
  const { sessions, peers, clock, offer } = openSessions();
  for (const address of ['a', 'b', 'c']) await offer(address);
  for (const peer of peers) peer.onOpen();
  for (let i = 0; i < 12; i += 1) {
    clock.ms += 1_000;
    peers[0]?.onFeedback(Buffer.from('80c9000100000001', 'hex'));
    if (i === 3) peers[1]?.onGone();
    sessions.sweep();
  }
  assert.equal(sessions.addresses, ['a']);
  assert.equal(
    peers.map(({ isClosed }) => isClosed),
    [false, true, true],
  );
});

test('a session is ended by its name, once', async () => {
  const { sessions, peers, offer } = openSessions();
  const answer = await offer('a');
  assert.is(answer.status, 201);
  const id = 'id' in answer ? answer.id : '';
  assert.match(id, /^[\w-]{22}$/);
  assert.ok(sessions.end(id));
  assert.not.ok(sessions.end(id));
  assert.ok(peers[0]?.isClosed);
});

test('the end of the stream ends all', async () => {
  const { sessions, peers, offer } = openSessions();
  await offer('a');
  await offer('b');
  sessions.endAll();
  assert.is(sessions.count, 0);
  assert.ok(peers.every(({ isClosed }) => isClosed));
});

test.run();
