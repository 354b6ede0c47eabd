/** The completion of bash, run by a real bash. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderCompletion } from '../../../daemon/cli/completion.ts';
import { VERB_NAMES, verbOf } from '../../../daemon/cli/verbs.ts';

const test = suite('completion');
const FOLDER = mkdtempSync(join(tmpdir(), 'venuebox-completion-'));
const FILE = join(FOLDER, 'venuebox');
writeFileSync(FILE, renderCompletion());

/** What bash offers for the last of the words. */
async function complete(...words: readonly string[]): Promise<readonly string[]> {
  const script = `. ${FILE}; COMP_WORDS=(venuebox "$@"); COMP_CWORD=$#; _venuebox; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await promisify(execFile)('bash', ['-c', script, 'bash', ...words]);
  return stdout.split('\n').filter((line) => line !== '');
}

test('the verbs are offered, and for each verb its options', async () => {
  assert.equal(await complete(''), [...VERB_NAMES, '--help', '--version']);
  assert.equal(await complete('sta'), ['status']);
  for (const verb of VERB_NAMES) {
    const names = verbOf(verb).options.map(({ name }) => `--${name}`);
    assert.equal(await complete(verb, '--'), [...names, '--help']);
  }
});

test('commands, parts and phases are offered, and files where a file stands', async () => {
  assert.equal(await complete('cmd', 'go'), ['go-live']);
  assert.equal(await complete('doctor', 'camera', 'so'), ['sound']);
  assert.equal(await complete('cmd', 'arm', '--expect', 'i'), ['idle']);
  assert.equal(await complete('check', 'systemd/venuebox.e'), ['systemd/venuebox.example.yaml']);
  assert.equal(await complete('run', '-c', 'systemd/venuebox.e'), [
    'systemd/venuebox.example.yaml',
  ]);
});

test.after(() => rmSync(FOLDER, { recursive: true }));

test.run();
