/** What the page asks the box for before it connects by WebRTC. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { StreamRefused } from '../../../../../pipelines/player/playback/live.ts';
import { connectWhep } from '../../../../../pipelines/player/playback/rtc/whep.ts';

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

test.run();
