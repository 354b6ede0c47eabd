/** What names a machine. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readMachineId } from '../../../../hal/os/files/machine-id.ts';

const test = suite('the id of a machine');

test('it is that of systemd, else one made of the host name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-id-'));
  const path = join(folder, 'machine-id');
  const id = '0123456789abcdef0123456789abcdef';
  const other = readMachineId(path, 'one');
  assert.match(other, /^[\da-f]{32}$/);
  assert.is(readMachineId(path, 'one'), other);
  assert.is.not(readMachineId(path, 'two'), other);
  for (const [text, wanted] of [
    [`${id}\n`, id],
    ['uninitialized\n', other],
    ['', other],
    [`${id}${id}`, other],
  ] as const) {
    writeFileSync(path, text);
    assert.is(readMachineId(path, 'one'), wanted, text);
  }
  rmSync(folder, { recursive: true });
});

test.run();
