/** What the page asks the box for before it connects by WebRTC, and when it gives up. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PlayLoop } from '../../../../../pipelines/player/play-loop.ts';
import { StreamRefused } from '../../../../../pipelines/player/playback/live.ts';
import { WhepFailed } from '../../../../../pipelines/player/playback/rtc/tries.ts';
import { connectWhep, openWhep } from '../../../../../pipelines/player/playback/rtc/whep.ts';
import { WhepChoice } from '../../../../../pipelines/player/playback/rtc/whep-choice.ts';

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

interface Received {
  video: number;
  audio: number;
}

const PLAYLIST_URL = new URL('http://box.test/live/index.m3u8');
const OPTIONS = { playlistUrl: PLAYLIST_URL, token: null, serverNowMs: () => 0 };
const VIDEO = {
  ...{ play: async () => undefined, pause: () => undefined },
  srcObject: null,
} as unknown as HTMLVideoElement;

/** In a browser that gets so many packets. @param asked Gets the method of each request. */
async function inBrowser<Result>(
  received: Received,
  act: () => Promise<Result>,
  {
    hasVideo = true,
    asked = [] as string[],
    offered = () => new Response('v=0', { status: 201 }),
    document = {} as object,
  },
): Promise<Result> {
  const stored = new Map<string, string>();
  const browser = {
    fetch: async (_url: URL, { method = 'GET' } = {}) => {
      asked.push(method);
      return method === 'POST' ? offered() : new Response('#EXTM3U');
    },
    RTCPeerConnection: function Connection() {
      return openConnection(received, hasVideo);
    },
    ...{ MediaStream: class {}, window: {}, document },
    sessionStorage: {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => void stored.set(key, value),
      removeItem: (key: string) => void stored.delete(key),
    },
    ...{ addEventListener: () => undefined, removeEventListener: () => undefined },
  };
  const names = Object.keys(browser) as (keyof typeof globalThis)[];
  const before = names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
  for (const [name, value] of Object.entries(browser)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  try {
    return await act();
  } finally {
    for (const [name, descriptor] of before as [string, PropertyDescriptor | undefined][]) {
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, descriptor);
    }
  }
}

/** How playback ends: by itself, or because the guest leaves once as many packets of sound came. */
async function playing(hasVideo: boolean, packetsMax: number) {
  const received = { video: hasVideo ? 1 : 0, audio: 1 };
  const leaving = new AbortController();
  const sound = setInterval(() => {
    received.audio += 1;
    if (received.audio === packetsMax) leaving.abort();
  }, 10);
  const act = async () => {
    const connection = await connectWhep(OPTIONS, leaving.signal);
    return await connection.play(VIDEO, leaving.signal).done.then(
      () => 'the guest left',
      (error: unknown) => error,
    );
  };
  return await inBrowser(received, act, { hasVideo }).finally(() => clearInterval(sound));
}

/** The clock of the page is put on. */
async function skipping<Result>(act: (skip: (ms: number) => void) => Promise<Result>) {
  const { now } = performance;
  let skippedMs = 0;
  performance.now = () => now.call(performance) + skippedMs;
  try {
    return await act((ms) => {
      skippedMs += ms;
    });
  } finally {
    performance.now = now;
  }
}

/** The box takes it. */
const offered = () => new Response('v=0', { status: 201, headers: { Location: 'whep/a' } });
const moment = () => new Promise((resolve) => setTimeout(resolve, 10));

test('a picture that stands still while the sound goes on is over: another player is used', async () => {
  assert.instance(await playing(true, 1_000), WhepFailed);
});

test('a stream of sound alone goes on', async () => {
  assert.is(await playing(false, 150), 'the guest left');
});

test('a guest who pauses for long leaves the box, and connects again at the end of the pause', async () => {
  const received = { video: 1, audio: 1 };
  const packets = setInterval(() => {
    received.video += 1;
  }, 10);
  const asked: string[] = [];
  const error = await skipping((skip) =>
    inBrowser(
      received,
      async () => {
        const player = await openWhep(VIDEO, OPTIONS, new AbortController().signal);
        const over = player.done.catch((reason: unknown) => reason);
        player.setPaused(true);
        await moment();
        assert.not.ok(asked.includes('DELETE'), 'a short pause');
        skip(6_000);
        for (let i = 0; i < 6_000 && !asked.includes('DELETE'); i += 1) await moment();
        player.setPaused(false);
        return await over;
      },
      { asked, offered },
    ),
  ).finally(() => clearInterval(packets));
  assert.instance(error, WhepFailed);
  assert.is((error as WhepFailed).why, 'paused');
});

test('one that the system has paused is not paused again: Safari would not go on by itself', async () => {
  let pauses = 0;
  const pause = () => {
    pauses += 1;
  };
  const act = async () => {
    const over = new AbortController();
    const player = await openWhep({ ...VIDEO, paused: true, pause }, OPTIONS, over.signal);
    player.setPaused(true);
    over.abort();
  };
  await inBrowser({ video: 1, audio: 1 }, act, {});
  assert.is(pauses, 0);
});

test('a box that gets too many offers says when to come again, and the page does not come with all others', async () => {
  const headers = { 'Retry-After': '5' };
  const offered = () => new Response('', { status: 429, headers });
  const received = { video: 0, audio: 0 };
  const failing = () => openWhep(VIDEO, OPTIONS, new AbortController().signal).catch((one) => one);
  const { why, afterMs } = (await inBrowser(received, failing, { offered })) as WhepFailed;
  assert.equal({ why, afterMs }, { why: 'busy', afterMs: 5_000 });
});

test('where no packets come a guest waits for a second, and after a reload not at all', async () => {
  const received = { video: 0, audio: 0 };
  const parts = new AbortController();
  await skipping((skip) =>
    inBrowser(
      received,
      async () => {
        const asked = new AbortController();
        const choice = new WhepChoice(VIDEO);
        assert.ok(choice.isDue);
        const failing = choice.open(OPTIONS, asked.signal).catch((one: unknown) => one);
        for (let i = 0; i < 10; i += 1) await moment();
        skip(1_001);
        assert.is(((await failing) as WhepFailed).why, 'silent');
        const reloaded = new WhepChoice(VIDEO);
        assert.not.ok(reloaded.isDue);
        assert.ok(reloaded.isAwaited);
        // It is tried in the background, and works.
        received.video = 1;
        skip(15_000);
        reloaded.comeBack(OPTIONS, parts);
        for (let i = 0; i < 6_000 && !parts.signal.aborted; i += 1) await moment();
        assert.ok(new WhepChoice(VIDEO).isDue);
        reloaded.close();
      },
      {},
    ),
  ).finally(() => parts.abort());
});

test('one that got packets and was never played is closed once another one does', async () => {
  const asked: string[] = [];
  const connectTwice = async () => {
    const choice = new WhepChoice(VIDEO);
    for (const _ of [1, 2]) {
      const other = new AbortController();
      choice.comeBack(OPTIONS, other);
      for (let i = 0; i < 6_000 && !other.signal.aborted; i += 1) await moment();
      other.abort();
    }
    assert.is(asked.filter((method) => method === 'DELETE').length, 1);
    choice.close();
  };
  await inBrowser({ video: 1, audio: 1 }, connectTwice, { asked, offered });
});

test('a page whose player was chosen by hand does not connect behind it', async () => {
  const asked: string[] = [];
  const video = {
    ...VIDEO,
    canPlayType: () => 'maybe',
    addEventListener: () => undefined,
    paused: true,
  };
  const beacon = { setPlayer: () => undefined, restartStartup: () => undefined };
  const document = { baseURI: 'http://box.test/', body: { dataset: { ways: 'whep native' } } };
  const play = async (skip: (ms: number) => void) => {
    sessionStorage.setItem('venuebox-webrtc-silent', '1');
    const loop = new PlayLoop({
      ...{ video: video as never, beacon: beacon as never, nowMs: () => 0 },
      ...{ onFailed: () => undefined, onEnded: () => undefined },
      parameters: new URLSearchParams('player=native'),
    });
    skip(15_000);
    void loop.run();
    for (let i = 0; i < 20; i += 1) await moment();
    const kind = loop.player?.kind;
    loop.hold(true);
    assert.is(kind, 'native');
  };
  const received = { video: 1, audio: 1 };
  await skipping((skip) => inBrowser(received, () => play(skip), { asked, document }));
  assert.equal(asked, []);
});

test.run();
