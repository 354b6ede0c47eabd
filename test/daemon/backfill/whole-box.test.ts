/** A box whose links are gone for a while: the far end gets what it missed, beside the live stream. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { planPieces } from '../../../pipelines/backfill/plan.ts';
import { readJournals, readPiece } from '../../../pipelines/backfill/recordings.ts';
import { ask } from '../../support/ask.ts';
import { startBox, until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { startProgram, startVenuebox } from '../../support/program.ts';

const test = suite('back-fill of a whole box');

const LIMIT_MS = 120_000;
const BESIDE_MS = 30_000;
/** Longer by hand: DARK_S=60. */
const DARK_MS = Number(process.env['DARK_S'] ?? 1) * 1_000;

/**
 * What of the near recordings lies between these Unix times is at the far end too, byte for byte.
 * A busy machine leaves gaps in a recording, or starts another one: those need not be equal.
 */
async function assertFilled(near: string, far: string, fromMs: number, untilMs: number) {
  const gap = { fromMs, untilMs, sent: [] };
  const pieces = planPieces(gap, await readJournals(near, gap), true) ?? [];
  const media = pieces.filter(({ path }) => !path.endsWith('.m3u8'));
  assert.ok(media.length > 1, 'it was recorded');
  for (const piece of media) {
    const bytes = await readPiece(near, piece);
    assert.ok(bytes.equals(readFileSync(join(far, piece.path))), piece.path);
  }
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
  await until(() => relay.output().includes('store listening'), LIMIT_MS, relay.output);
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
  let figures: BoxSnapshot['backfill'];
  const gaps = async () => {
    figures = (await status()).backfill;
    return figures?.gaps;
  };
  await until(async () => ((await gaps()) ?? 0) > 0, LIMIT_MS, log);
  await new Promise((resolve) => setTimeout(resolve, DARK_MS));
  const backMs = Date.now();
  relay.child.kill('SIGCONT');
  await until(isConnected, LIMIT_MS, log);
  const isFilled = async () => (await gaps()) === 0;
  const besideUntilMs = Date.now() + BESIDE_MS;
  await until(async () => (await isFilled()) || Date.now() > besideUntilMs, LIMIT_MS, log);
  // A busy machine may leave no room beside the stream; after the drop there is.
  if (!(await isFilled())) await ask(box, 'cmd', 'end');
  await until(isFilled, LIMIT_MS, () => log() + JSON.stringify(figures));
  console.log(`dark ${(backMs - goneMs) / 1000} s, filled ${(Date.now() - backMs) / 1000} s later`);
  await assertFilled(join(box.folder, 'card'), join(folder, 'far/venuebox'), goneMs, backMs);
  rmSync(folder, { recursive: true, force: true });
});

test.run();
