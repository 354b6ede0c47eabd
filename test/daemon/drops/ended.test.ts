/** The drop that has ended: what guests see of it, and what can still be paid. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LIST, newFolder, startBox } from './support/list-box.ts';

const test = suite('the drop that has ended');

const MINUTE_MS = 60_000;

test('what has ended is over also after a restart, until another begins or is near', async () => {
  const folder = await newFolder(LIST.slice(0, LIST.indexOf('- id: sunday')));
  const last = { title: 'Friday Duo', dropId: 'run-1' };
  {
    await using box = await startBox(folder);
    box.goLive('run-1');
    box.end('run-1');
  }
  {
    await using box = await startBox(folder);
    await box.settle(() => box.page() !== undefined);
    assert.equal([box.page()?.last, box.page()?.isNext], [last, false]);
    // One that never had a frame has not begun.
    box.note('drop.live', { dropId: 'run-2', isResumed: false });
    box.end('run-2');
    await box.settle(() => box.page()?.title === 'Live');
    assert.equal(box.page()?.last, last);
    box.set({ title: 'Saturday', starts_at: '2026-12-04T18:02:00Z' });
    await box.settle(() => box.page()?.isNext === true);
    assert.equal([box.page()?.last, box.page()?.isNextNearer], [last, false]);
    await box.settle(() => box.page()?.isNextNearer === true);
    box.goLive('run-3');
    box.end('run-3');
    await box.settle(() => box.page()?.last?.title === 'Saturday');
    assert.equal([box.page()?.isNext, box.page()?.isNextNearer], [false, false]);
  }
});

test('what it sold can be paid for fifteen minutes, also after a restart, until another is on air', async () => {
  const folder = await newFolder();
  const isTooLate = async (leftMs: number) => {
    await using box = await startBox(folder);
    assert.is(box.drops.justEnded()?.title, 'Friday Duo');
    await box.clock.advance(leftMs);
    return box.drops.justEnded() === undefined;
  };
  {
    await using box = await startBox(folder);
    assert.is(box.drops.justEnded(), undefined);
    box.goLive('run-1');
    assert.is(box.drops.justEnded(), undefined);
    box.end('run-1');
    assert.is(box.drops.present().title, 'Sunday Matinee');
    assert.equal(
      [box.drops.justEnded()?.id, box.drops.justEnded()?.title],
      ['friday', 'Friday Duo'],
    );
    await box.clock.advance(15 * MINUTE_MS - 1);
    assert.ok(box.drops.justEnded());
    await box.clock.advance(1);
    assert.is(box.drops.justEnded(), undefined);
  }
  assert.equal([await isTooLate(14 * MINUTE_MS), await isTooLate(15 * MINUTE_MS)], [false, true]);
  await using box = await startBox(folder);
  box.goLive('run-2');
  assert.is(box.drops.justEnded(), undefined);
});

test('what the config sells is sold as before', async () => {
  await using box = await startBox(await newFolder(''));
  box.goLive('run-1');
  box.end('run-1');
  assert.is(box.drops.justEnded(), undefined);
});

test('one that overran is held again though the next one is soon, also after a restart', async () => {
  const times = 'starts_at: 2026-12-04T16:00:00Z, ends_at: 2026-12-04T17:55:00Z';
  const folder = await newFolder(`- { id: set-1, title: Set 1, ${times} }
- { id: set-2, title: Set 2, starts_at: 2026-12-04T18:40:00Z }
`);
  const held = [{ id: 'set-1', title: 'Set 1', endedMs: Date.UTC(2026, 11, 4, 18) }];
  await writeFile(join(folder, 'held-drops.json'), JSON.stringify({ held }));
  {
    await using box = await startBox(folder);
    assert.equal(box.phases(), ['set-1 held', 'set-2 shown']);
    assert.is((await box.run({ do: 'again', id: 'set-1' })).status, 'done');
    assert.equal(box.phases(), ['set-1 shown', 'set-2 coming']);
  }
  await using box = await startBox(folder);
  assert.equal(box.phases(), ['set-1 shown', 'set-2 coming']);
});

test.run();
