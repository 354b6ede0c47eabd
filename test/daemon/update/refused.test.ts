/** How the program ends where it cannot start: systemd and the launcher go by it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  installedOnly,
  onTrial,
  proved,
  renderVersions,
  type Versions,
} from '../../../daemon/update/versions.ts';
import { lockFolder } from '../../../hal/os/folder-lock.ts';
import { DAEMON } from '../../support/daemon.ts';

const test = suite('a start that is refused');

const ID = '1.1-aaaaaaaaaaaa';
const TRIED = onTrial(installedOnly('x'), ID, { pages: [], picture: false });

function openState(versions: Versions, yaml = '') {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-refused-'));
  mkdirSync(join(folder, 'versions'));
  writeFileSync(join(folder, 'versions', 'state.json'), renderVersions(versions));
  const config = join(folder, 'venuebox.yaml');
  writeFileSync(config, yaml);
  return {
    folder,
    run: async (id: string) => {
      const args = [...DAEMON, 'run', '--config', config];
      const env = { PATH: process.env['PATH'], STATE_DIRECTORY: folder, VENUEBOX_RUNS: id };
      const stdio = ['ignore', 'ignore', 'pipe'] as const;
      const child = spawn(process.execPath, args, { env, stdio: [...stdio] });
      let said = '';
      child.stderr?.on('data', (chunk) => (said += chunk));
      const [code] = await once(child, 'close');
      return { code, said };
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

test('by a version on trial, for the config file, is one that is counted', async () => {
  using state = openState(TRIED, 'of: {the: version before}\n');
  const { code, said } = await state.run(ID);
  assert.is(code, 1);
  assert.match(said, 'of: unknown key');
  // Only a person can mend it for one that has proved itself.
  writeFileSync(join(state.folder, 'versions', 'state.json'), renderVersions(proved(TRIED, ID)));
  assert.is((await state.run(ID)).code, 78);
});

test('as another box has the state, counts no start of new settings', async () => {
  using state = openState(installedOnly('x'));
  writeFileSync(join(state.folder, 'settings-trial'), 'new\n');
  assert.ok(await lockFolder('state', state.folder));
  const { code, said } = await state.run('installed');
  assert.is(code, 1);
  assert.match(said, 'another venuebox runs');
  assert.is(readFileSync(join(state.folder, 'settings-trial'), 'utf8'), 'new\n');
});

test.run();
