/** The file of a look's table: older tables go, and nothing that a person has put beside them. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openLookTable } from '../../../pipelines/look/look-file.ts';

const test = suite('file of a look');
const never = new AbortController().signal;

test('tables of other looks go, and .cube files stay, whatever they are called', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-looks-'));
  try {
    const own = ['duo.cube', 'My.table', '0123456789abcdef.cube'];
    for (const name of own) writeFileSync(join(folder, name), 'LUT_1D_SIZE 2\n0 0 0\n1 1 1\n');
    for (const name of ['0123456789abcdef.table', 'fedcba9876543210.table.new']) {
      writeFileSync(join(folder, name), '');
    }
    const look = { cubeFile: join(folder, 'duo.cube') };
    const table = await openLookTable(folder, { look, strength: 1, matrix: 'bt709' }, never);
    assert.equal(readdirSync(folder).toSorted(), [...own, basename(table)].toSorted());
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
