/** Tests of media sequence numbers over restarts. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openSequenceStore } from '../../../../daemon/media/stream/sequence-store.ts';
import { systemClock } from '../../../../hal/os/clock.ts';
import type { Log } from '../../../../hal/os/log.ts';
import { seeded } from '../../../support/seeded.ts';

const test = suite('media sequence numbers');
const never = new AbortController().signal;

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-sequence-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function openOs(warnings: string[] = []) {
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: (message) => void warnings.push(message),
    error: () => undefined,
    with: () => log,
  };
  return { clock: systemClock, log };
}

/** Until what was saved is what was asked for. */
async function savedAbove(folder: string, msn: number): Promise<void> {
  for (;;) {
    const text = await readFile(join(folder, 'sequence.json'), 'utf8');
    if ((JSON.parse(text) as { nextMsn: number }).nextMsn > msn) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

test('none is used twice and none falls, over restarts of media and of the whole box', async () => {
  await withFolder(async (folder) => {
    const random = seeded(12);
    let used = 4 * 86_400 - 1;
    for (let run = 0; run < 15; run += 1) {
      const store = openSequenceStore(folder, openOs());
      for (let stream = 0; stream < 1 + random() * 3; stream += 1) {
        const first = await store.begin(never);
        assert.ok(first > used, `${first} after ${used}`);
        used = first;
        const segments = random() < 0.5 ? random() * 10 : random() * 3_000;
        for (let i = 0; i < segments; i += 1) {
          used += 1;
          store.note(used);
          if (i % 100 === 0) await savedAbove(folder, used);
        }
        // A power cut comes at any moment, and loses no number that was used.
        await savedAbove(folder, used);
      }
    }
    assert.ok(used < 1e6, 'they stay far below Unix time');
  });
});

test('a damaged file begins above what earlier versions used', async () => {
  await withFolder(async (folder) => {
    for (const text of [
      '',
      '{',
      '{"nextMsn": -5}',
      '{"nextMsn": 1e300}',
      '[]',
      '{"nextMsn":"x"}',
    ]) {
      await writeFile(join(folder, 'sequence.json'), text);
      const store = openSequenceStore(folder, openOs());
      assert.is(await store.begin(never), 4 * 86_400);
    }
  });
});

test('a disk that takes nothing is reported, and streams go on growing', async () => {
  const warnings: string[] = [];
  const store = openSequenceStore('/dev/null/none', openOs(warnings));
  const first = await store.begin(never);
  assert.ok((await store.begin(never)) > first);
  assert.equal(warnings, ['media sequence number not saved']);
});

test.run();
