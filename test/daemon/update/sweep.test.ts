/** Which folders of versions are removed. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { VersionStore } from '../../../daemon/update/store.ts';
import { INSTALLED } from '../../../daemon/update/versions.ts';
import { layProgram } from './support/program.ts';

const test = suite('folders of versions');
const [RUNS, PREVIOUS, OLD] = ['1.0.5-aaaaaaaaaaaa', '1.0.2-bbbbbbbbbbbb', '1.0.1-cccccccccccc'];

test('where it cannot be read which versions count, none is removed; the one that runs never is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-sweep-'));
  const program = join(folder, 'installed');
  layProgram(program, { version: '1.0' });
  const store = new VersionStore(folder, program, RUNS);
  for (const name of [RUNS, PREVIOUS, OLD]) layProgram(store.folderOf(name), { version: name });
  // As it was read once: as that of a box without updates.
  const nothing = { ...(await store.load()), good: INSTALLED, previous: null };
  const file = join(store.folder, 'state.json');
  const names = () => readdirSync(store.folder).filter((name) => name !== 'state.json');
  // It answers EISDIR.
  mkdirSync(file);
  await store.sweep(nothing).catch(() => undefined);
  assert.equal(names().sort(), [OLD, PREVIOUS, RUNS]);
  rmSync(file, { recursive: true });
  await store.save({ ...nothing, good: RUNS, previous: PREVIOUS });
  await store.sweep(nothing);
  assert.equal(names().sort(), [PREVIOUS, RUNS]);
  rmSync(file);
  await store.sweep(nothing);
  assert.equal(names(), [RUNS]);
  rmSync(folder, { recursive: true });
});

test.run();
