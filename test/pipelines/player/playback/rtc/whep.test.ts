/** What the page asks the box for before it connects by WebRTC, and when it gives up. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { StreamRefused } from '../../../../../pipelines/player/playback/live.ts';
import { connectWhep, WhepFailed } from '../../../../../pipelines/player/playback/rtc/whep.ts';

const test = suite('requests of the player by WebRTC');

/** What was asked for. @param reply Of the box, to a method. */
async function connecting(reply: (method: string) => Response, signal: AbortSignal) {
  const asked: string[] = [];
  const realFetch = globalThis.fetch;
  globalThis.fetch = async (url, { method = 'GET' } = {}) => {
    asked.push(`${method} ${new URL(String(url)).pathname}`);
    return reply(method);
  };
  const playlistUrl = new URL('http://box.test/tonight/live/index.m3u8?profile=phone');
  const options = { playlistUrl, token: null, serverNowMs: () => 0 };
  const error = await connectWhep(options, signal).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  globalThis.fetch = realFetch;
  return { asked, error };
}

test('while there is no stream it asks for the playlist only', async () => {
  const status = { status: 503 };
  const signal = new AbortController().signal;
  const { asked, error } = await connecting(() => new Response('', status), signal);
  assert.instance(error, StreamRefused);
  assert.equal(asked, ['GET /tonight/live/index.m3u8']);
});

test('one that is called off while it asks for ICE servers opens no connection', async () => {
  const attempt = new AbortController();
  const reply = (method: string) => {
    if (method === 'OPTIONS') attempt.abort();
    return new Response('#EXTM3U');
  };
  const { asked, error } = await connecting(reply, attempt.signal);
  assert.equal(asked, ['GET /tonight/live/index.m3u8', 'OPTIONS /tonight/live/whep']);
  assert.is(error, attempt.signal.reason);
});

/** A connection of a browser that gets as many packets of each kind as `received` counts. */
function openConnection(received: { video: number; audio: number }, hasVideo: boolean) {
  const stats = (kind: 'video' | 'audio') => ({
    ...{ type: 'inbound-rtp', kind },
    packetsReceived: received[kind],
  });
  const direction = (kind: string) => (kind === 'video' && !hasVideo ? 'inactive' : 'recvonly');
  const transceivers = (['video', 'audio'] as const).map((kind) => ({
    receiver: { track: { kind } },
    currentDirection: direction(kind),
  }));
  return {
    getConfiguration: () => ({}),
    iceGatheringState: 'complete',
    localDescription: { sdp: 'v=0' },
    addTransceiver: (kind: string) => transceivers.find((one) => one.receiver.track.kind === kind),
    getTransceivers: () => transceivers,
    getReceivers: () => transceivers.map(({ receiver }) => receiver),
    createOffer: async () => ({ sdp: 'v=0' }),
    setLocalDescription: async () => undefined,
    setRemoteDescription: async () => undefined,
    getStats: async () => new Map([stats('video'), stats('audio')].map((one) => [one.kind, one])),
    close: () => undefined,
  };
}

/** How playback ends: by itself, or because the guest leaves once as many packets of sound came. */
async function playing(hasVideo: boolean, packetsMax: number) {
  const received = { video: hasVideo ? 1 : 0, audio: 1 };
  const leaving = new AbortController();
  const browser = {
    fetch: async (_url: URL, { method = 'GET' } = {}) =>
      method === 'POST' ? new Response('v=0', { status: 201 }) : new Response('#EXTM3U'),
    RTCPeerConnection: function Connection() {
      return openConnection(received, hasVideo);
    },
    MediaStream: class {},
    ...{ addEventListener: () => undefined, removeEventListener: () => undefined },
  };
  const before = Object.fromEntries(
    Object.keys(browser).map((name) => [name, globalThis[name as keyof typeof globalThis]]),
  );
  Object.assign(globalThis, browser);
  const sound = setInterval(() => {
    received.audio += 1;
    if (received.audio === packetsMax) leaving.abort();
  }, 10);
  try {
    const playlistUrl = new URL('http://box.test/live/index.m3u8');
    const options = { playlistUrl, token: null, serverNowMs: () => 0 };
    const connection = await connectWhep(options, leaving.signal);
    const video = { play: async () => undefined } as unknown as HTMLVideoElement;
    const player = connection.play(video, leaving.signal);
    return await player.done.then(
      () => 'the guest left',
      (error: unknown) => error,
    );
  } finally {
    clearInterval(sound);
    Object.assign(globalThis, before);
  }
}

test('a picture that stands still while the sound goes on is over: another player is used', async () => {
  assert.instance(await playing(true, 1_000), WhepFailed);
});

test('a stream of sound alone goes on', async () => {
  assert.is(await playing(false, 150), 'the guest left');
});

test.run();
