/** What an edge tells those who want to watch by WebRTC, before its upstream is live and after. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../../hal/os/clock.ts';
import type { FromEdge } from '../../../../pipelines/edge/messages.ts';
import { openEdgeWhep } from '../../../../pipelines/edge/webrtc/open.ts';
import type { HttpRequest } from '../../../../pipelines/http/handlers.ts';
import { renderPart } from '../../../../pipelines/packager/cmaf.ts';
import { recordOf } from '../../../../pipelines/push/records.ts';
import { until } from '../../../support/box.ts';

const test = suite('WHEP at an edge');

const LADDER = { renditions: [{ name: 'low', bitrateBps: 700_000 }], hasSound: false };
const SAMPLE = { data: Buffer.from('frame'), durationTicks: 3_000, isKeyframe: true };

test('a stranger gets neither a login of the TURN server nor a place before there is a stream', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-turn-'));
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, 'secret-of-the-turn-server');
  const sent: FromEdge[] = [];
  const missing: unknown[] = [];
  const state = { isLive: false };
  const whep = openEdgeWhep({
    options: {
      ...{ iceServers: ['turn:turn.example.org'], tokenFile: '' },
      turn: { username: '', passwordFile },
    },
    streams: {
      read: async (_stream, onRecord) => {
        const media = { track: 'video', dateMs: 5_000_000, kind: 'media' } as const;
        const payload = renderPart(1, 0, [SAMPLE]);
        onRecord(recordOf(media, 0, () => payload).header, payload);
        return 200;
      },
    },
    ladder: async () => (state.isLive ? LADDER : undefined),
    ladderFor: async () => LADDER,
    nowUs: () => 0,
    onMissing: (why) => void missing.push(why),
    onWatching: () => undefined,
    send: (message) => void sent.push(message),
    clock: systemClock,
  });
  const request: HttpRequest = {
    ...{ path: '/live/whep', query: new URLSearchParams(), address: '10.0.0.1' },
    header: (name) => (name === 'content-type' ? 'application/sdp' : undefined),
  };
  const optionsOf = () => String(Object(whep.exchange(request, 'OPTIONS')).headers);
  assert.not.match(optionsOf(), 'credential');
  assert.is(Object(whep.exchange(request, 'POST')).status, 503);
  const stop = new AbortController();
  state.isLive = true;
  const running = whep.run(stop.signal);
  await until(() => missing.length > 0, 60_000);
  assert.match(optionsOf(), /<turn:turn.example.org>.*credential="/);
  assert.ok('answer' in Object(whep.exchange(request, 'POST')));
  assert.equal(new Set(sent.map(({ type }) => type)), new Set(['whep-source']));
  stop.abort();
  await running;
  rmSync(folder, { recursive: true });
});

test.run();
