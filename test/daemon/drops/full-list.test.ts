/** A list of drops that is full: what one more costs. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { newFolder, startBox } from './support/list-box.ts';

const test = suite('a list of drops that is full');

const FULL = Array.from({ length: 100 }, (_, i) => `- { id: d${i}, title: Drop ${i} }\n`).join('');
const ONE_MORE = { do: 'set', id: 'more', title: 'One More' };
const REASON = 'the list would be too long: remove old drops first';

/** A box on which those drops were held, the first one first. */
async function boxAfter(held: readonly string[]) {
  const folder = await newFolder(FULL);
  const memory = { held: held.map((id, i) => ({ id, title: id, endedMs: i })) };
  const last = held.slice(-1).map((id) => ({ id, title: id, startsAt: '', endedMs: 1, run: 'r' }));
  await writeFile(
    join(folder, 'held-drops.json'),
    JSON.stringify({ ...memory, ...(last[0] && { last: last[0] }) }),
  );
  return await startBox(folder);
}

test('the one that was held longest ago leaves it', async () => {
  await using box = await boxAfter(['d7', 'd3', 'd9']);
  assert.is((await box.run(ONE_MORE, true)).status, 'done');
  assert.is((await box.run(ONE_MORE)).status, 'done');
  const { list, faults } = box.drops.state();
  assert.equal(faults, []);
  const ids = list.map(({ id }) => id);
  assert.equal(
    [list.length, ids.at(-1), ...['d7', 'd3', 'd9'].map((id) => ids.includes(id))],
    [100, 'more', false, true, true],
  );
  const { status } = await box.run({ do: 'set', id: 'more', title: 'Changed' });
  assert.equal([status, box.drops.state().list.length], ['done', 100], 'a change needs no room');
});

test('where only the last drop was held, or none, one more is refused', async () => {
  for (const held of [['d7'], []]) {
    await using box = await boxAfter(held);
    for (const isDryRun of [true, false]) {
      const { status, detail } = await box.run(ONE_MORE, isDryRun);
      assert.equal([status, detail], ['failed', REASON]);
    }
    assert.equal(box.drops.state().faults, []);
    assert.is(box.drops.state().list.length, 100);
  }
});

test.run();
