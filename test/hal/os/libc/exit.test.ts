/** Tests of the end of a process whose threads hang. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { entryPoint } from '../../../../hal/os/process.ts';

const test = suite('end of a process');

test('a process ends with its exit code while a read hangs, which process.exit would wait for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-exit-'));
  execFileSync('mkfifo', [join(folder, 'fifo')]);
  const module = entryPoint(import.meta.url, '../../../../hal/os/libc/exit');
  const program = `
    import { readFile } from 'node:fs/promises';
    import { exitNow } from '${module}';
    void readFile('${join(folder, 'fifo')}');
    setTimeout(() => exitNow(3), 100);
  `;
  const args = [...process.execArgv, '--input-type=module', '--eval', program];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const limit = setTimeout(() => child.kill('SIGKILL'), 30_000);
  const [code, signal] = await once(child, 'exit');
  clearTimeout(limit);
  rmSync(folder, { recursive: true });
  assert.equal([code, signal], [3, null]);
});

test.run();
