/** The store beside a relay: what it does to the live stream when it fails. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runRelayCommand } from '../../../daemon/cli/bond-command.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { until } from '../../support/box.ts';

const test = suite('store command');

test('a store that fails is tried again, and the relay goes on meanwhile', async () => {
  const work = mkdtempSync(join(tmpdir(), 'venuebox-store-'));
  const [folder, tokenFile] = [join(work, 'store'), join(work, 'token')];
  writeFileSync(tokenFile, 'correct horse battery', { mode: 0o600 });
  writeFileSync(folder, 'no folder');
  const said: string[] = [];
  const note = (message: string) => said.push(message);
  const log = { ...silentLog, info: note, warn: note };
  const at = { host: '127.0.0.1', port: 0 };
  const store = { folder, listen: at, tokenFile, quotaGb: 1, certFile: '', keyFile: '' };
  const stop = new AbortController();
  let hasEnded = false;
  const running = runRelayCommand(
    { listen: at, srt: { host: '127.0.0.1', port: 9 }, isJson: true, secretFile: '', store },
    { clock: systemClock, log, print: () => undefined },
    stop.signal,
  ).finally(() => {
    hasEnded = true;
  });
  running.catch(() => undefined);
  await until(() => hasEnded || said.includes('restarting'), 60_000);
  assert.not(hasEnded, 'the relay goes on');
  assert.ok(said.includes('relay started'));
  rmSync(folder);
  await until(() => said.includes('store listening'), 60_000);
  assert.ok(existsSync(folder));
  stop.abort();
  await running;
  rmSync(work, { recursive: true });
});

test.run();
