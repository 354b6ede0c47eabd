/** Secrets that the box makes itself: made once, read again, replaced where damaged. */
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openOwnSecret } from '../../../../hal/os/files/own-secret.ts';
import { silentLog } from '../../../../hal/os/log.ts';

const test = suite('own secrets');

let count = 0;
const kind = {
  what: 'number',
  parse: (text: string) => (/^\d+$/.test(text) ? Number(text) : undefined),
  make: () => {
    count += 1;
    return String(count);
  },
};
const open = (file: string) => openOwnSecret(file, kind, silentLog);

async function inFolder(run: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-secret-'));
  try {
    await run(join(folder, 'state', 'number'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('one is made for the box’s user alone, and is the same at the next start', () =>
  inFolder(async (file) => {
    const { secret, made } = await open(file);
    assert.is(made, String(secret));
    assert.is((await stat(file)).mode & 0o777, 0o600);
    assert.equal(await open(file), { secret });
    await chmod(file, 0o644);
    assert.equal(await open(file), { secret });
    assert.is((await stat(file)).mode & 0o777, 0o600);
  }));

test('a damaged one is put aside, also where it is a folder', () =>
  inFolder(async (file) => {
    const { secret } = await open(file);
    await writeFile(file, 'torn');
    const next = await open(file);
    assert.is.not(next.secret, secret);
    assert.is(next.fault, 'damaged');
    assert.is(await readFile(`${file}.bad`, 'utf8'), 'torn');
    await rm(file);
    await mkdir(join(file, 'inside'), { recursive: true });
    assert.is((await open(file)).fault, 'damaged');
  }));

test('one that cannot be read now stays for the next start, with another one for this run', () =>
  inFolder(async (file) => {
    await mkdir(dirname(file));
    // Linux has EIO for address 0 of a process.
    await symlink('/proc/self/mem', file);
    const { secret, made, fault } = await open(file);
    assert.equal([made, fault], [String(secret), 'not-saved']);
    assert.equal(await readdir(dirname(file)), [basename(file)]);
    assert.is(await readlink(file), '/proc/self/mem');
  }));

test('where the disk takes none, it is one for this run', async () => {
  const { secret, fault } = await open('/sys/number');
  assert.type(secret, 'number');
  assert.is(fault, 'not-saved');
});

test.run();
