/** A small state on the disk. */
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import type { Log } from '../../../../hal/os/log.ts';
import { openSaved } from '../../../../hal/os/state/saved.ts';

const test = suite('a small state on the disk');
const Count = v.object({ count: v.number() });

function openFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-saved-'));
  const words: string[] = [];
  const warn = (message: string) => void words.push(message);
  const log: Log = {
    ...{ debug: () => undefined, info: () => undefined, warn, error: warn },
    with: () => log,
  };
  const path = join(folder, 'count.json');
  return {
    ...{ folder, path, words },
    open: (file = path) => openSaved(file, Count, { what: 'count', log }),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

test('what was saved last is there at once, and for the box after this one', async () => {
  using state = openFolder();
  const saved = state.open();
  assert.is(saved.value, undefined);
  const done = saved.save({ count: 1 });
  assert.equal(saved.value, { count: 1 });
  await done;
  assert.equal(state.open().value, { count: 1 });
  assert.equal(state.words, []);
});

test('of values that come faster than the disk takes them the newest is written', async () => {
  using state = openFolder();
  const saved = state.open();
  for (let count = 1; count <= 100; count += 1) void saved.save({ count });
  await saved.settled();
  assert.equal(JSON.parse(readFileSync(state.path, 'utf8')), { count: 100 });
});

test('what the disk has already is not written again: an SD card wears', async () => {
  using state = openFolder();
  writeFileSync(state.path, '{"count":5}');
  const saved = state.open();
  rmSync(state.path);
  await saved.save({ count: 5 });
  assert.equal(readdirSync(state.folder), []);
  await saved.save({ count: 6 });
  assert.equal(state.open().value, { count: 6 });
});

test('a damaged file is said and put aside, and the next value is saved', async () => {
  for (const text of ['', '{', 'null', '{"count":"x"}']) {
    using state = openFolder();
    writeFileSync(state.path, text);
    const saved = state.open();
    assert.is(saved.value, undefined, text);
    await saved.save({ count: 1 });
    assert.equal(state.words, ['count damaged']);
    assert.is(readFileSync(`${state.path}.bad`, 'utf8'), text);
    assert.equal(state.open().value, { count: 1 });
  }
});

test('a file that cannot be read now is left for the next start, and replaced by no value', async () => {
  using state = openFolder();
  // Linux has EIO for address 0 of a process.
  symlinkSync('/proc/self/mem', state.path);
  const saved = state.open();
  await saved.settled();
  assert.equal(readdirSync(state.folder), ['count.json']);
  assert.equal(state.words, ['count not read']);
  await saved.save({ count: 1 });
  assert.is(readlinkSync(`${state.path}.bad`), '/proc/self/mem');
  assert.equal(state.open().value, { count: 1 });
});

test('a file that could not be read at the start is said once, and read again until a value is saved', async () => {
  using state = openFolder();
  symlinkSync('/proc/self/mem', state.path);
  const saved = state.open();
  for (let second = 0; second < 3; second += 1) saved.readAgain();
  assert.is(saved.value, undefined);
  assert.equal(state.words, ['count not read']);
  rmSync(state.path);
  writeFileSync(state.path, '{"count":5}');
  saved.readAgain();
  assert.equal(saved.value, { count: 5 });
  await saved.save({ count: 6 });
  saved.readAgain();
  assert.equal([saved.value, readdirSync(state.folder)], [{ count: 6 }, ['count.json']]);
});

test('a disk that takes nothing is said once for each reason, and the value stays in memory', async () => {
  using state = openFolder();
  writeFileSync(join(state.folder, 'file'), '');
  const saved = state.open(join(state.folder, 'file', 'count.json'));
  await saved.save({ count: 1 });
  await saved.save({ count: 2 });
  assert.equal(saved.value, { count: 2 });
  assert.equal(state.words, ['count not saved']);
});

test.run();
