/** A whole box with several destinations: a real RTMP server (ffmpeg), a real SRT listener, and none. */
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot } from '../../../../daemon/model/snapshot.ts';
import { startBox, until } from '../../../support/box.ts';
import { freePort } from '../../../support/free-port.ts';
import { startProgram } from '../../../support/program.ts';

const test = suite('destinations of a whole box');

const KEY = 'live_42_SECRETKEY';
const LIMIT_MS = 90_000;

const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** An RTMP server that accepts one connection for this stream, and writes it to a file. */
const rtmpServer = (port: number, file: string) =>
  startProgram('ffmpeg', [
    ...['-v', 'warning', '-y', '-f', 'flv', '-listen', '1'],
    ...['-i', `rtmp://127.0.0.1:${port}/live/${KEY}`, '-c', 'copy'],
    ...['-flush_packets', '1', '-f', 'mpegts', file],
  ]);

test('RTMP and SRT get the drop at once; one that fails touches no other, and its key is shown nowhere', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-destinations-'));
  const keyFile = join(folder, 'key');
  writeFileSync(keyFile, `${KEY}\n`);
  chmodSync(keyFile, 0o600);
  const [rtmpPort, deadPort, srtPort] = [await freePort(), await freePort(), await freePort()];
  const rtmp = { kind: 'rtmp', key_file: keyFile };
  const destinations = [
    { ...rtmp, id: 'web', url: `rtmp://127.0.0.1:${rtmpPort}/live` },
    { ...rtmp, id: 'dead', url: `rtmp://127.0.0.1:${deadPort}/live`, rendition: 'low' },
    { id: 'archive', kind: 'srt', host: '127.0.0.1', port: srtPort, latency_ms: 300 },
    { id: 'other', kind: 'srt', host: '127.0.0.1', port: deadPort, latency_ms: 300 },
  ];
  const chosen = ['web', 'dead', 'archive'];
  const [web, archive] = [join(folder, 'web.ts'), join(folder, 'archive.ts')];
  await using _srt = startProgram(
    'srt-live-transmit',
    ['-q', `srt://127.0.0.1:${srtPort}?mode=listener&latency=300`, 'file://con'],
    archive,
  );
  // Nothing listens there; what the destinations send leaves by its address, too.
  const bonded = { host: '127.0.0.1', port: await freePort() };
  const links = [{ id: 'only', address: '127.0.0.1', budget_mb_per_month: 1_000 }];
  const uplink = { ...bonded, links, width: 320, height: 180, destinations };
  let server = rtmpServer(rtmpPort, web);
  await using box = await startBox([
    `uplink=${JSON.stringify(uplink)}`,
    `drop.destinations=${JSON.stringify(chosen)}`,
  ]);
  const destination = async (id: string) =>
    (await box.state<BoxSnapshot>()).destinations?.find((one) => one.id === id);
  const isConnected = (id: string) => async () => (await destination(id))?.phase === 'connected';
  try {
    for (const id of ['web', 'archive']) {
      await until(isConnected(id), LIMIT_MS, () => box.output() + server.output());
    }
    for (const file of [web, archive]) {
      await until(
        () => sizeOf(file) > 60_000,
        LIMIT_MS,
        () => box.output() + server.output(),
      );
    }
    await until(
      async () => {
        const dead = await destination('dead');
        return (dead?.restartsTotal ?? 0) > 0 && /refused|listens/i.test(dead?.reason ?? '');
      },
      LIMIT_MS,
      box.output,
    );
    assert.not.match(server.output(), /Unexpected stream/i, 'the server got the stream key');
    await until(
      async () => {
        const { uplink: now } = await box.state<BoxSnapshot>();
        return (now?.bond?.links[0]?.usedBytes ?? 0) > 120_000;
      },
      LIMIT_MS,
      box.output,
    );
    assert.is((await destination('other'))?.phase, 'off', 'the drop does not go there');
    // The server goes away: its destination says so, and the other one goes on.
    await server[Symbol.asyncDispose]();
    await until(async () => !(await isConnected('web')()), LIMIT_MS, box.output);
    const before = sizeOf(archive);
    await until(() => sizeOf(archive) > before + 60_000, LIMIT_MS, box.output);
    const again = join(folder, 'again.ts');
    server = rtmpServer(rtmpPort, again);
    await until(isConnected('web'), LIMIT_MS, () => box.output() + server.output());
    await until(() => sizeOf(again) > 60_000, LIMIT_MS, box.output);
    assert.is((await destination('archive'))?.restartsTotal, 0);
    assert.is((await fetch(`${box.url}/live/index.m3u8`)).status, 200);
    assert.not.match(box.output() + JSON.stringify(await box.state()), KEY);
  } finally {
    await server[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
