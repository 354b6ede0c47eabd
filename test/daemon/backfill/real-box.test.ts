/** A box whose links are gone for a while: the far end gets what it missed, beside the live stream. */
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { ask } from '../../support/ask.ts';
import { startBox, until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { startProgram, startVenuebox } from '../../support/program.ts';

const test = suite('back-fill of a real box');

const LIMIT_MS = 120_000;
const BESIDE_MS = 60_000;
/** Longer by hand: DARK_S=60. */
const DARK_MS = Number(process.env['DARK_S'] ?? 1) * 1_000;

/** The playlists of holes: they come last, when all that they list is there. */
function playlistsIn(far: string): readonly string[] {
  if (!existsSync(far)) return [];
  const files = readdirSync(far, { recursive: true, encoding: 'utf8' });
  const complete = files.filter((file) => file.endsWith('.m3u8') && !file.includes('/.'));
  return complete.map((file) => readFileSync(join(far, file), 'utf8'));
}

/** Whether it has all between these Unix times. */
function covers(playlist: string, fromMs: number, untilMs: number): boolean {
  const startMs = Date.parse(/PROGRAM-DATE-TIME:(\S+)/.exec(playlist)?.[1] ?? '');
  const lengths = [...playlist.matchAll(/#EXTINF:([\d.]+),/g)].map(([, s]) => Number(s) * 1_000);
  return startMs <= fromMs && startMs + lengths.reduce((sum, ms) => sum + ms, 0) >= untilMs;
}

test('all links gone, and back: near and far are equal, and the stream goes on meanwhile', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-dark-'));
  const token = join(folder, 'token');
  writeFileSync(token, 'correct horse battery\n');
  chmodSync(token, 0o600);
  const [port, srtPort, storePort] = [await freePort(), await freePort(), await freePort()];
  await using _srt = startProgram(
    'srt-live-transmit',
    ['-q', `srt://127.0.0.1:${srtPort}?mode=listener&latency=300`, 'file://con'],
    join(folder, 'received'),
  );
  await using relay = startVenuebox(
    ...['relay', '--listen', `127.0.0.1:${port}`, '--srt', `127.0.0.1:${srtPort}`],
    ...['--store', join(folder, 'far'), '--store-listen', `127.0.0.1:${storePort}`],
    ...['--store-token-file', token],
  );
  await until(() => relay.output().includes('storing'), LIMIT_MS, relay.output);
  const uplink = {
    ...{ host: '127.0.0.1', port, rendition: 'low', latency_ms: 300 },
    links: ['127.0.0.2', '127.0.0.3'].map((address, i) => ({ id: `link-${i}`, address })),
    backfill: { url: `http://127.0.0.1:${storePort}`, token_file: token },
  };
  await using box = await startBox([
    'renditions=[{name: low, width: 320, height: 180, bitrate_bps: 250000}]',
    'recording.targets=[{id: card, folder: card}]',
    `uplink=${JSON.stringify(uplink)}`,
  ]);
  const status = () => box.state<BoxSnapshot>();
  const isConnected = async () => (await status()).uplink?.phase === 'connected';
  const log = () => box.output() + relay.output();
  await until(isConnected, LIMIT_MS, log);
  const goneMs = Date.now();
  relay.child.kill('SIGSTOP');
  await until(async () => !(await isConnected()), LIMIT_MS, log);
  await new Promise((resolve) => setTimeout(resolve, DARK_MS));
  const backMs = Date.now();
  relay.child.kill('SIGCONT');
  await until(isConnected, LIMIT_MS, log);
  const far = join(folder, 'far/venuebox');
  const isFilled = () => playlistsIn(far).some((one) => covers(one, goneMs, backMs));
  await until(() => isFilled() || Date.now() - backMs > BESIDE_MS, LIMIT_MS, log);
  // A busy machine may leave no room beside the stream; after the drop there is.
  if (!isFilled()) await ask(box, 'cmd', 'end');
  await until(isFilled, LIMIT_MS, log);
  console.log(`dark ${(backMs - goneMs) / 1000} s, filled ${(Date.now() - backMs) / 1000} s later`);
  await until(async () => (await status()).backfill?.holes === 0, LIMIT_MS, log);
  for (const name of readdirSync(far)) {
    const near = readFileSync(join(box.folder, 'card', `${name}.mp4`));
    for (const file of readdirSync(join(far, name))) {
      if (file.endsWith('.m3u8')) continue;
      const bytes = readFileSync(join(far, name, file));
      const at = file === 'init.mp4' ? 0 : Number(file.replace('.m4s', ''));
      assert.ok(bytes.equals(near.subarray(at, at + bytes.length)), `${name}/${file}`);
    }
  }
  rmSync(folder, { recursive: true, force: true });
});

test.run();
