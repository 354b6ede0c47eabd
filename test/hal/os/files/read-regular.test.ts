/** Tests of files that a person names, and of what may be in their place. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertRegular, readRegular } from '../../../../hal/os/files/read-regular.ts';

const test = suite('files that a person names');

function openFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-named-'));
  return {
    at: (name: string) => join(folder, name),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const why = (path: string) => {
  try {
    readRegular(path, 1024);
    return 'read';
  } catch (error) {
    return (error as Error).message;
  }
};

test('a file is read, also by a link of its owner, and one of /proc that has no size', () => {
  using folder = openFolder();
  writeFileSync(folder.at('key'), 'secret\n');
  symlinkSync(folder.at('key'), folder.at('link'));
  assert.is(readRegular(folder.at('key'), 7).toString(), 'secret\n');
  assert.is(readRegular(folder.at('link'), 7).toString(), 'secret\n');
  assert.ok(readRegular('/proc/self/status', 100_000).length > 100);
  assert.is(readRegular('/dev/null', 7).length, 0);
});

test('whatever else is in its place is refused at once, and said what it is', async () => {
  using folder = openFolder();
  execFileSync('mkfifo', [folder.at('fifo')]);
  mkdirSync(folder.at('dir'));
  symlinkSync(folder.at('fifo'), folder.at('to-fifo'));
  symlinkSync('/dev/zero', folder.at('to-zero'));
  symlinkSync(folder.at('loop'), folder.at('loop'));
  symlinkSync(folder.at('none'), folder.at('dangling'));
  writeFileSync(folder.at('large'), '');
  truncateSync(folder.at('large'), 100_000_000);
  const server = createServer().listen(folder.at('socket'));
  await new Promise((resolve) => server.once('listening', resolve));
  for (const [path, expected] of [
    [folder.at('fifo'), 'is a pipe (FIFO), not a file'],
    [folder.at('to-fifo'), 'is a pipe (FIFO), not a file'],
    [folder.at('dir'), 'is a folder, not a file'],
    [folder.at('socket'), 'is a socket, not a file'],
    ['/dev/zero', 'is a device, not a file'],
    [folder.at('to-zero'), 'is a device, not a file'],
    [folder.at('large'), 'has more than 1 KiB'],
    ['/proc/self/smaps', 'has more than 1 KiB'],
  ] as const) {
    assert.is(why(path), expected, path);
  }
  assert.match(why(folder.at('loop')), 'ELOOP');
  assert.match(why(folder.at('dangling')), 'ENOENT');
  assert.throws(() => assertRegular(folder.at('large'), 1024), 'has more than 1 KiB');
  server.close();
});

test('a link that another user made is not followed', () => {
  if (process.getuid?.() !== 0) return;
  using folder = openFolder();
  writeFileSync(folder.at('key'), 'secret');
  chmodSync(folder.at('key'), 0o600);
  symlinkSync(folder.at('key'), folder.at('link'));
  lchownSync(folder.at('link'), 1234, 1234);
  assert.is(why(folder.at('link')), 'is a symbolic link of another user');
});

test.run();
