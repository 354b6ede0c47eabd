/** PIN hashes, and where the PIN comes from. */
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError } from '../../../daemon/config/file.ts';
import { parsePinHash } from '../../../daemon/config/pin-hash.ts';
import { hashPin, isPin, verifyPin } from '../../../daemon/web/pin.ts';
import { openPin, readHostPin } from '../../../daemon/web/pin-store.ts';
import { silentLog } from '../../../hal/os/log.ts';

const test = suite('operator PIN');
const NONE = { pin_hash: '', pin_file: '' };

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-pin-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function faultOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return '';
  } catch (error) {
    assert.instance(error, ConfigError);
    return (error as ConfigError).message;
  }
}

test('a hash verifies its PIN and no other, and two hashes of one PIN differ', async () => {
  const hash = await hashPin('246810');
  assert.ok(parsePinHash(hash) !== undefined);
  assert.is(await verifyPin(hash, '246810'), true);
  assert.is(await verifyPin(hash, '246811'), false);
  assert.is(await verifyPin(hash, ''), false);
  assert.is.not(await hashPin('246810'), hash);
});

test('other text is not a hash, and verifies no PIN', async () => {
  fc.assert(fc.property(fc.string(), (text) => assert.is(parsePinHash(text) !== undefined, false)));
  assert.is(await verifyPin('scrypt$1$1$1$x$y', 'x'), false);
  assert.equal(['123', '1234', 'a b c d', '1234\n'].map(isPin), [false, true, false, false]);
});

test('without a PIN in the config the first start generates one of six digits, readable by the box’s user only', async () => {
  await withFolder(async (folder) => {
    const state = join(folder, 'state');
    const made = await openPin(NONE, state, silentLog);
    const file = join(state, 'operator-pin');
    assert.match(made.newPin ?? '', /^\d{6}$/);
    assert.is(made.file, file);
    assert.is(await readFile(file, 'utf8'), `${made.newPin}\n`);
    assert.is((await stat(file)).mode & 0o777, 0o600);
    assert.is(await verifyPin(made.hash, made.newPin ?? ''), true);
  });
});

test('the next start uses the same one, and does not show it again', async () => {
  await withFolder(async (folder) => {
    const made = await openPin(NONE, folder, silentLog);
    const again = await openPin(NONE, folder, silentLog);
    assert.is(again.newPin, undefined);
    assert.is(await verifyPin(again.hash, made.newPin ?? ''), true);
  });
});

test('a PIN file holds the PIN or its hash, and is refused when others can read it', async () => {
  await withFolder(async (folder) => {
    const file = join(folder, 'pin');
    const config = { pin_hash: '', pin_file: file };
    await writeFile(file, 'open-sesame\n', { mode: 0o600 });
    assert.is(
      await verifyPin((await openPin(config, folder, silentLog)).hash, 'open-sesame'),
      true,
    );
    const hash = await hashPin('9999');
    await writeFile(file, `${hash}\n`);
    assert.is((await openPin(config, folder, silentLog)).hash, hash);
    await chmod(file, 0o640);
    assert.match(await faultOf(openPin(config, folder, silentLog)), 'others can read');
  });
});

test('a missing, empty or too short PIN file gives one clear line', async () => {
  await withFolder(async (folder) => {
    const file = join(folder, 'pin');
    const config = { pin_hash: '', pin_file: file };
    assert.match(
      await faultOf(openPin(config, folder, silentLog)),
      `operator.pin_file: cannot read ${file}`,
    );
    await writeFile(file, '123\n', { mode: 0o600 });
    assert.match(await faultOf(openPin(config, folder, silentLog)), 'must hold one line');
  });
});

test('a chosen PIN that the box has lost is no end of the page: that of the box holds', async () => {
  await withFolder(async (folder) => {
    const file = join(folder, 'secrets', 'operator.pin_file-0011');
    await mkdir(join(folder, 'secrets'));
    await writeFile(file, 'open-sesame\n', { mode: 0o644 });
    const config = { pin_hash: '', pin_file: file };
    const whole = await openPin(config, folder, silentLog);
    assert.is(await verifyPin(whole.hash, 'open-sesame'), true);
    assert.is(whole.fault, undefined);
    assert.is((await stat(file)).mode & 0o777, 0o600);
    assert.ok(await readHostPin(file, folder, silentLog));
    const own = await openPin(NONE, folder, silentLog);
    for (const lose of [() => writeFile(file, ''), () => rm(file)]) {
      await lose();
      const pin = await openPin(config, folder, silentLog);
      assert.is(await verifyPin(pin.hash, own.newPin ?? ''), true);
      assert.match(pin.fault ?? '', 'operator.pin_file');
      assert.is(await readHostPin(file, folder, silentLog), undefined);
    }
  });
});

test('a damaged file of the box itself is put aside, and a new PIN made', async () => {
  await withFolder(async (folder) => {
    const file = join(folder, 'operator-pin');
    for (const text of ['', '12', '\0\0\0\0\0\0\0']) {
      await writeFile(file, text, { mode: 0o600 });
      const { newPin } = await openPin(NONE, folder, silentLog);
      assert.is(await readFile(file, 'utf8'), `${newPin}\n`);
      assert.is(await readFile(`${file}.bad`, 'utf8'), text);
    }
    await rm(file);
    await mkdir(join(file, 'inside'), { recursive: true });
    assert.match((await openPin(NONE, folder, silentLog)).newPin ?? '', /^\d{6}$/);
  });
});

test('a hash in the config is used before any file', async () => {
  const hash = await hashPin('1234');
  assert.equal(await openPin({ pin_hash: hash, pin_file: '/nope' }, '/nope', silentLog), { hash });
});

test.run();
