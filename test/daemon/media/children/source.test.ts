/** The process of a camera, and the encoders that read from it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../../daemon/config/file.ts';
import type { CaptureChild } from '../../../../daemon/media/children/capture.ts';
import { openSource } from '../../../../daemon/media/children/source.ts';
import { openCamera } from '../../../../hal/camera/open.ts';
import { openLogin } from '../../../../hal/gst/network-source.ts';
import { systemClock } from '../../../../hal/os/clock.ts';
import { HalError } from '../../../../hal/os/errors.ts';
import { listen } from '../../../../hal/os/listen.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { WantedRestart } from '../../../../hal/os/supervise.ts';

import { renderCameraGraph } from '../../../../pipelines/source/graph.ts';

const test = suite('source process');

function captureOf(gone: AbortController): CaptureChild {
  const capture: Pick<CaptureChild, 'begun' | 'playing'> = {
    begun: async () => ({ gone: gone.signal }),
    playing: async () => ({ gone: gone.signal, send: () => undefined, openSource: async () => 1 }),
  };
  return capture as CaptureChild;
}

/** Runs one whose pipeline cannot be built. @param onPause Called when it has failed. */
async function failureOf(onPause: (gone: AbortController) => void): Promise<unknown> {
  const gone = new AbortController();
  const source = openSource({
    kind: 'camera',
    device: () => ({
      ...{ name: 'broken', check: async () => undefined },
      source: { launch: 'broken', stamping: 'monotonic', needs: {} },
    }),
    graph: () => 'there-is-no-such-element ! fakesink',
    capture: captureOf(gone),
    log: silentLog,
    clock: {
      ...systemClock,
      sleep: async (ms, signal) => {
        onPause(gone);
        await systemClock.sleep(ms, signal);
      },
    },
  });
  return await source.run(new AbortController().signal).catch((error: unknown) => error);
}

test('one that fails by itself is a failure', async () => {
  const error = await failureOf(() => undefined);
  assert.match(String(error), 'there-is-no-such-element');
  assert.not.instance(error, WantedRestart);
});

test('one that fails because its encoders have ended is none, though that is seen after it', async () => {
  assert.instance(await failureOf((gone) => gone.abort()), WantedRestart);
});

/** An RTSP camera that refuses all logins. */
async function refusingCamera() {
  let asked = 0;
  const server = createServer((socket) => {
    asked += 1;
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const sequence = /CSeq: *(\d+)/i.exec(String(data))?.[1] ?? '1';
      const login = 'WWW-Authenticate: Basic realm="camera"';
      socket.write(`RTSP/1.0 401 Unauthorized\r\nCSeq: ${sequence}\r\n${login}\r\n\r\n`);
    });
  });
  await listen(server, '127.0.0.1', 0);
  const { port } = server.address() as AddressInfo;
  return { port, asked: () => asked, [Symbol.dispose]: () => void server.close() };
}

test('a camera that refuses its login is left alone until the login is another', async () => {
  using server = await refusingCamera();
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-login-'));
  const credentials_file = join(folder, 'login');
  writeFileSync(credentials_file, 'cam:wrong\n');
  const config = parseConfig('x', '', [
    'camera.driver=rtsp',
    `camera.url=rtsp://127.0.0.1:${server.port}/live`,
    `camera.credentials_file=${credentials_file}`,
  ]);
  const camera = openCamera(config.camera);
  const source = openSource({
    ...{ kind: 'camera', device: () => camera, capture: captureOf(new AbortController()) },
    ...{ log: silentLog, clock: systemClock },
    graph: (fragment) => renderCameraGraph(fragment, { widthPx: 320, heightPx: 180 }),
  });
  const run = () => source.run(new AbortController().signal).catch((error: unknown) => error);
  try {
    assert.match(String(await run()), 'Unauthorized');
    const askedOnce = server.asked();
    assert.ok(askedOnce > 0);
    for (let tries = 0; tries < 3; tries += 1) {
      assert.match(String(await run()), `127.0.0.1:${server.port} refuses the login`);
    }
    assert.is(server.asked(), askedOnce);
    writeFileSync(credentials_file, 'cam:other\n');
    assert.match(String(await run()), 'Unauthorized');
    assert.ok(server.asked() > askedOnce);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('after a minute the same login is tried again', async () => {
  let nowMs = 0;
  const camera = { driver: 'rtsp', latency_ms: 0, transport: 'tcp', credentials_file: '' } as const;
  const login = openLogin('camera.credentials_file', { ...camera, url: 'rtsp://a' }, () => nowMs);
  await login.check();
  login.onFailed(new Error('camera ended: rtspsrc0: Not found'));
  await login.check();
  login.onFailed(new Error('camera ended: rtspsrc0: Unauthorized'));
  nowMs = 59_000;
  const refusal = await login.check().catch((error: unknown) => error);
  assert.is(refusal instanceof HalError && refusal.code, 'NOT_PERMITTED');
  nowMs = 60_000;
  await login.check();
});

test('a camera that restarts may refuse for a moment what it took before, but not for long', async () => {
  let nowMs = 0;
  const camera = { driver: 'rtsp', latency_ms: 0, transport: 'tcp', credentials_file: '' } as const;
  const login = openLogin('camera.credentials_file', { ...camera, url: 'rtsp://a' }, () => nowMs);
  /** For how long it is left alone after a refusal. */
  const refusedForMs = async () => {
    await login.check();
    login.onFailed(new Error('camera ended: rtspsrc0: Unauthorized'));
    const fromMs = nowMs;
    const isRefused = () =>
      login.check().then(
        () => false,
        () => true,
      );
    while (await isRefused()) nowMs += 1_000;
    return nowMs - fromMs;
  };
  await login.check();
  nowMs += 3_600_000;
  login.onFailed(new Error('camera ended: rtspsrc0: Could not read from resource'));
  const waits: number[] = [];
  for (let tries = 0; tries < 6; tries += 1) waits.push(await refusedForMs());
  assert.equal(waits, [5_000, 5_000, 5_000, 5_000, 60_000, 60_000]);
});

test.run();
