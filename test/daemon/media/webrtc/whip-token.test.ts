/** The token that a phone or OBS needs. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openWhipToken } from '../../../../daemon/media/webrtc/whip-token.ts';
import { silentLog } from '../../../../hal/os/log.ts';

const test = suite('token of WHIP');

function stateFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-whip-'));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

const open = (folder: string, file = '') =>
  openWhipToken({ key: 'camera.credentials_file', file }, folder, silentLog);

test('one is made, for the box’s user alone, and stays', async () => {
  using state = stateFolder();
  const token = await open(state.folder);
  assert.match(token, /^[\w-]{24}$/);
  const file = join(state.folder, 'whip-token');
  assert.is(statSync(file).mode & 0o777, 0o600);
  assert.is(await open(state.folder), token);
  writeFileSync(file, 'short');
  const next = await open(state.folder);
  assert.is.not(next, token);
  assert.is(readFileSync(file, 'utf8').trim(), next);
});

test('one of the config is taken where others cannot read it', async () => {
  using state = stateFolder();
  const file = join(state.folder, 'own');
  writeFileSync(file, 'my-own-token-1234\n', { mode: 0o600 });
  assert.is(await open(state.folder, file), 'my-own-token-1234');
  chmodSync(file, 0o644);
  const faultOf = async () => String(await open(state.folder, file).catch((error) => error));
  assert.match(await faultOf(), /camera\.credentials_file.*chmod 600/);
  chmodSync(file, 0o600);
  writeFileSync(file, 'two words are none');
  const fault = await faultOf();
  assert.match(fault, /must hold one line/);
  assert.not.match(fault, 'two words');
});

test.run();
