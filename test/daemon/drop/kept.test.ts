/** A drop that was live when the box crashed too often: safe mode keeps it for the start that leaves it. */
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { PowerPhase } from '../../../daemon/model/snapshot.ts';
import { until } from '../../support/box.ts';
import { startMachine } from './support/box-with-drop.ts';

const test = suite('a drop that safe mode keeps');

const MINUTE_MS = 60_000;
/** One run of the machine, so old. */
const at = (minutes: number) => ({
  bootId: 'one',
  sinceBootMs: () => minutes * MINUTE_MS,
});

/** A box that dies while live, a minute after the machine was started. */
async function crashLive() {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-kept-'));
  await using box = await startMachine({ folder, boot: at(1) });
  await box.run('go-live', { args: { force: true } });
  await until(async () => (await readFile(box.stateFile, 'utf8')).includes('"live":{'), 60_000);
  return { folder, dropId: box.drop.state().dropId ?? '' };
}

const liveOf = async (stateFile: string): Promise<unknown> =>
  (JSON.parse(await readFile(stateFile, 'utf8')) as { live: unknown }).live;

test('it is not on in safe mode, and goes on with the start after it', async () => {
  const { folder, dropId } = await crashLive();
  {
    await using safe = await startMachine({ folder, boot: at(3), isKeeping: true });
    await safe.clock.advance(10 * MINUTE_MS);
    await safe.idle();
    assert.equal([safe.drop.state().phase, safe.did], ['idle', []]);
    assert.is(safe.drop.kept(), dropId);
    assert.is(safe.drop.faults().notResumed, dropId);
  }
  await using again = await startMachine({ folder, boot: at(14) });
  assert.equal([again.drop.state().phase, again.drop.state().dropId], ['live', dropId]);
  assert.is(again.drop.kept(), undefined);
});

test('time in safe mode counts as time off: the next morning nothing goes on air by itself', async () => {
  const { folder } = await crashLive();
  {
    await using safe = await startMachine({ folder, boot: at(3), isKeeping: true });
    await safe.idle();
  }
  await using again = await startMachine({ folder, boot: at(600) });
  assert.is(again.drop.state().phase, 'idle');
});

test('“end” gives it up, and so does a shut-down by command; a dry run does not', async () => {
  for (const verb of ['end', 'shut-down'] as const) {
    const { folder, dropId } = await crashLive();
    {
      await using safe = await startMachine({ folder, boot: at(3), isKeeping: true });
      await safe.run(verb, { isDryRun: true });
      assert.is(safe.drop.kept(), dropId, `${verb}, dry`);
      assert.is((await safe.run(verb)).status, 'done', verb);
      await safe.idle();
      assert.is(safe.drop.kept(), undefined);
      assert.is(await liveOf(safe.stateFile), null);
    }
    await using again = await startMachine({ folder, boot: at(5) });
    assert.is(again.drop.state().phase, 'idle', verb);
  }
});

test('“end” of a drop that cannot be saved says so', async () => {
  const { folder } = await crashLive();
  const no = async () => Promise.reject(new Error('read-only'));
  const disk = { ...fakeDisk(), write: no, rename: no, remove: no };
  await using safe = await startMachine({ folder, boot: at(3), isKeeping: true, disk });
  const outcome = await safe.run('end');
  assert.is(outcome.status === 'failed' ? outcome.code : '', 'NOT_SAVED');
});

const fakeDisk = () => ({
  mkdir: async () => undefined,
  bytesOf: async () => 0,
  syncFolder: async () => undefined,
});

const events = fc.array(
  fc.oneof(
    fc.constantFrom<PowerPhase>('normal', 'saving', 'last-minutes', 'shut-down'),
    fc.constant('time' as const),
  ),
  { maxLength: 12 },
);

test('nothing but a person ends it: neither time, nor the battery, nor an empty one', async () => {
  await fc.assert(
    fc.asyncProperty(events, async (happens) => {
      const { folder, dropId } = await crashLive();
      await using safe = await startMachine({ folder, boot: at(3), isKeeping: true });
      for (const one of happens) {
        if (one !== 'time') safe.drop.apply({ kind: 'power', phase: one });
        await safe.clock.advance(1_000);
        await safe.idle();
      }
      assert.is(safe.drop.kept(), dropId);
      assert.equal((await liveOf(safe.stateFile)) !== null, true);
    }),
    { numRuns: 20 },
  );
});

test.run();
