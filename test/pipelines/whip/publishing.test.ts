/** One publisher at a time, and where its units go. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AccessUnit } from '../../../pipelines/gdp/unit-output.ts';
import type { ConnectionEvents } from '../../../pipelines/webrtc/connection.ts';
import { parseFeedback } from '../../../pipelines/whep/rtcp.ts';
import { PACKET_MAX_BYTES, writePacket } from '../../../pipelines/whep/rtp.ts';
import type { Published } from '../../../pipelines/whip/messages.ts';
import { Publishing } from '../../../pipelines/whip/publishing.ts';
import { CHROMIUM_OFFER } from '../../support/media/whep-offers.ts';

const test = suite('publishing by WHIP');

/** Chromium's, of a page that sends. */
const OFFER = CHROMIUM_OFFER.replaceAll('a=recvonly', 'a=sendonly')
  .replace('a=mid:0', 'a=mid:0\r\na=ssrc-group:FID 1111 1112\r\na=ssrc:1111 cname:x')
  .replace('a=mid:1', 'a=mid:1\r\na=ssrc:2222 cname:x');

function openPublishing() {
  const peers: (ConnectionEvents & { isClosed: boolean; sent: Buffer[] })[] = [];
  const feeds: { path: string; units: AccessUnit[]; isClosed: boolean; isFull: boolean }[] = [];
  const changes: (Published | undefined)[] = [];
  const clock = { ms: 1_000 };
  const publishing = new Publishing({
    maxBps: 2_000_000,
    openPeer: (_offer, events) => {
      const peer = { ...events, isClosed: false, sent: [] as Buffer[] };
      peers.push(peer);
      return {
        answer: Promise.resolve('v=0'),
        send: (_kind, packet) => void peer.sent.push(packet),
        close: () => {
          peer.isClosed = true;
        },
      };
    },
    openFeed: (path, onEnd) => {
      const feed = { path, units: [] as AccessUnit[], isClosed: false, isFull: false };
      feeds.push(feed);
      return {
        add: (unit) => {
          if (!feed.isFull) feed.units.push(unit);
          return !feed.isFull;
        },
        close: () => {
          feed.isClosed = true;
          onEnd();
        },
      };
    },
    onChange: (published) => changes.push(published),
    onFault: (reason) => {
      throw new Error(reason);
    },
    nowMs: () => clock.ms,
  });
  let sequence = 0;
  /** A frame of one packet. */
  const frame = (isKeyframe: boolean, peer = peers.at(-1)) => {
    const payload = isKeyframe
      ? Buffer.from('18000a6742c01fda014016e840000468ce3c8000046588ffff', 'hex')
      : Buffer.from('4188ffff', 'hex');
    const packet = Buffer.alloc(PACKET_MAX_BYTES);
    sequence += 1;
    const header = { payloadType: 107, isMarked: true, sequence, timestamp: sequence * 3_000 };
    const bytes = writePacket(packet, { ...header, ssrc: 1_111, sentMs: 0 }, payload);
    peer?.onPacket(packet.subarray(0, bytes));
  };
  const asksForKeyframe = (peer = peers.at(-1)) =>
    (peer?.sent.splice(0) ?? []).some((packet) => parseFeedback(packet).broken.has(1_111));
  const connect = async () => {
    const answer = await publishing.offer(OFFER);
    if (answer.status === 201) peers.at(-1)?.onOpen();
    return answer;
  };
  return { publishing, peers, feeds, changes, clock, frame, asksForKeyframe, connect };
}

test('a second publisher is refused while the first one sends, and takes its place when it is gone', async () => {
  const { publishing, peers, changes, clock, frame, connect } = openPublishing();
  assert.is((await connect()).status, 201);
  assert.equal(changes, [{ video: 'h264', audio: 'opus' }]);
  clock.ms += 60_000;
  frame(true);
  const busy = await connect();
  assert.is(busy.status, 409);
  assert.match((busy as { line: string }).line, /another camera is sending/);
  clock.ms += 2_900;
  assert.is((await connect()).status, 409);
  clock.ms += 200;
  assert.is((await connect()).status, 201);
  assert.ok(peers[0]?.isClosed);
  assert.is(changes.length, 3);
  // What the first one still says concerns nobody.
  peers[0]?.onGone();
  assert.not.ok(peers[1]?.isClosed);
  clock.ms += 11_000;
  publishing.tick();
  assert.ok(peers[1]?.isClosed);
  assert.is(changes.at(-1), undefined);
});

test('a session ends by its id only, and a bad offer ends nobody', async () => {
  const { publishing, peers, clock, connect } = openPublishing();
  const answer = await connect();
  const id = answer.status === 201 ? answer.id : '';
  assert.match(id, /^[\w-]{22}$/);
  assert.not.ok(publishing.end('another'));
  clock.ms += 4_000;
  assert.is((await publishing.offer('{}')).status, 400);
  assert.not.ok(peers[0]?.isClosed);
  assert.ok(publishing.end(id));
  assert.ok(peers[0]?.isClosed);
  assert.not.ok(publishing.end(id));
});

test('a decoder gets units from a key frame on, which is asked for', async () => {
  const { publishing, feeds, frame, asksForKeyframe, connect, clock } = openPublishing();
  assert.not.ok(publishing.feed('video', 'h264', '/early'));
  await connect();
  frame(true);
  frame(false);
  asksForKeyframe();
  assert.not.ok(publishing.feed('video', 'vp8', '/other'));
  assert.ok(publishing.feed('video', 'h264', '/units'));
  assert.ok(asksForKeyframe());
  frame(false);
  assert.is(feeds[0]?.units.length, 0);
  clock.ms += 600;
  frame(false);
  assert.ok(asksForKeyframe());
  frame(true);
  frame(false);
  assert.equal(
    feeds[0]?.units.map(({ isKeyframe }) => isKeyframe),
    [true, false],
  );
  // A decoder that is too slow goes on with a key frame.
  if (feeds[0]) feeds[0].isFull = true;
  frame(false);
  if (feeds[0]) feeds[0].isFull = false;
  assert.not.ok(asksForKeyframe(), 'not more often than before');
  clock.ms += 600;
  frame(false);
  assert.is(feeds[0]?.units.length, 2);
  assert.ok(asksForKeyframe());
  frame(true);
  assert.is(feeds[0]?.units.length, 3);
});

test('the decoder stays over a change of publishers, where the new one sends the same', async () => {
  const { publishing, feeds, peers, frame, connect, clock, asksForKeyframe } = openPublishing();
  await connect();
  publishing.feed('video', 'h264', '/units');
  frame(true);
  peers[0]?.onGone();
  clock.ms += 5_000;
  await connect();
  assert.not.ok(feeds[0]?.isClosed);
  assert.ok(asksForKeyframe());
  frame(true);
  assert.is(feeds[0]?.units.length, 2);
  peers[1]?.onGone();
  const vp8 = OFFER.replaceAll('H264/90000', 'H265/90000');
  assert.is((await publishing.offer(vp8)).status, 201);
  peers[2]?.onOpen();
  assert.ok(feeds[0]?.isClosed);
});

test('a thousand offers hold one connection, and none is left after their silence', async () => {
  const { publishing, peers, clock } = openPublishing();
  for (let i = 0; i < 1_000; i += 1) {
    clock.ms += 60;
    await publishing.offer(OFFER);
    assert.ok(peers.filter(({ isClosed }) => !isClosed).length <= 1);
  }
  clock.ms += 11_000;
  publishing.tick();
  assert.ok(peers.every(({ isClosed }) => isClosed));
});

test.run();
