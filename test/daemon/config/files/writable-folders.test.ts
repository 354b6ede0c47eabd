/** Tests of the folders that the service may write. */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../../daemon/config/file.ts';
import { unwritableFolders, WRITABLE } from '../../../../daemon/config/files/writable-folders.ts';

const test = suite('writable folders');

test('they are those of the unit of systemd', () => {
  const unit = readFileSync('systemd/venuebox.service', 'utf8');
  const [, paths = ''] = /^ReadWritePaths=(.*media.*)$/m.exec(unit) ?? [];
  const [, state = ''] = /^StateDirectory=(.*)$/m.exec(unit) ?? [];
  const listed = paths.split(' ').map((path) => path.replace(/^-/, ''));
  assert.equal([...listed, `/var/lib/${state}`].toSorted(), [...WRITABLE].toSorted());
});

test('a target outside of them is listed with what to do', () => {
  const folders = ['/srv/a', '/media/usb/venuebox', 'recordings', '/srvx'];
  const targets = folders.map((folder, i) => `{id: t${i}, folder: ${folder}}`).join();
  const notes = unwritableFolders(parseConfig('x', `recording: {targets: [${targets}]}`, []));
  assert.is(notes.length, 1);
  assert.match(notes[0] ?? '', 'recording.targets.3.folder: the service may not write to /srvx');
});

test.run();
