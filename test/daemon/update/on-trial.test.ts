/** What the version that runs is to the launcher: on trial, in the place of another one, or neither. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isFallback, isOnTrial } from '../../../daemon/update/on-trial.ts';
import { PROGRAM } from '../../../daemon/update/release.ts';
import { programTag } from '../../../daemon/update/store.ts';
import {
  damaged,
  gaveUp,
  installedOnly,
  onTrial,
  proved,
  renderVersions,
  type Versions,
} from '../../../daemon/update/versions.ts';

const test = suite('the version that runs');

const ID = '1.1-aaaaaaaaaaaa';

/** A box with an installed program, and a state that was written over it. */
function openBox() {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-on-trial-'));
  const program = join(folder, 'installed');
  const install = (text: string) => {
    mkdirSync(dirname(join(program, PROGRAM)), { recursive: true });
    writeFileSync(join(program, PROGRAM), text);
  };
  install('1.0');
  mkdirSync(join(folder, 'versions'));
  return {
    folder,
    install,
    tried: onTrial(installedOnly(programTag(program)), ID, { pages: [], picture: false }),
    write: (versions: Versions) =>
      writeFileSync(join(folder, 'versions', 'state.json'), renderVersions(versions)),
    isFallback: (id: string) => isFallback(folder, { id, program }),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

test('is on trial only where it is the one that is named', () => {
  using box = openBox();
  box.write(box.tried);
  assert.equal(
    [ID, 'installed', undefined].map((id) => isOnTrial(box.folder, id)),
    [true, false, false],
  );
  rmSync(join(box.folder, 'versions'), { recursive: true });
  assert.is(isOnTrial(box.folder, ID), false);
});

test('leaves out keys that only another one knows where it runs in the place of that one', () => {
  using box = openBox();
  const { tried } = box;
  for (const [versions, id, isIt] of [
    [tried, ID, false],
    [tried, 'installed', false],
    [proved(tried, ID), ID, false],
    [proved(tried, ID), 'installed', true],
    [gaveUp(tried, 'no picture comes', 0), 'installed', true],
    [damaged(proved(tried, ID), ID, 'torn', 0), 'installed', true],
  ] as const) {
    box.write(versions);
    assert.is(box.isFallback(id), isIt, renderVersions(versions));
  }
  assert.is(isFallback(box.folder, undefined), false, 'nothing has started it');
});

test('is in the place of none where it was installed after all of them', () => {
  for (const left of [
    (tried: Versions) => proved(tried, ID),
    (tried: Versions) => gaveUp(tried, 'no picture comes', 0),
  ]) {
    using box = openBox();
    box.write(left(box.tried));
    assert.ok(box.isFallback('installed'));
    box.install('2.0');
    assert.is(box.isFallback('installed'), false, 'a key that it does not know is a fault again');
  }
});

test.run();
