/** The picture in scripts/structure/README.md is the table of imports. */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FOLDERS } from '../../../scripts/structure/folders.ts';
import { insertPicture, STRUCTURE_README } from '../../../scripts/structure/picture.ts';

const test = suite('picture of the folders');

test('the README shows the table as it is', () => {
  const readme = readFileSync(STRUCTURE_README, 'utf8');
  assert.is(
    readme,
    insertPicture(readme),
    'run: node --import tsx scripts/structure/write-picture.ts',
  );
});

test('every folder has a line with what it may import', () => {
  const markers = readFileSync(STRUCTURE_README, 'utf8').match(/<!-- .*picture.*-->/g) ?? [];
  const picture = insertPicture(markers.join('\n'));
  for (const [folder, { may, what }] of Object.entries(FOLDERS)) {
    const line = picture
      .split('\n')
      .find(
        (one) =>
          one.trim().startsWith(`${folder.split('/').slice(1).join('/')} `) && one.includes(what),
      );
    assert.ok(line, folder);
    for (const other of may) assert.match(line, other.split('/').slice(1).join('/'));
  }
});

test('a README without the markers is refused', () => {
  assert.throws(() => insertPicture('# venuebox\n'), 'are missing');
});

test.run();
