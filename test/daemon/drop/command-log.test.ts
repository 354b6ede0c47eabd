/** Tests of commands in the journal. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { logCommands } from '../../../daemon/drop/command-log.ts';
import type { Command, Outcome } from '../../../daemon/model/commands.ts';
import { openLog } from '../../../hal/os/log.ts';

const test = suite('commands in the journal');

async function lines(command: Command, outcome: Outcome): Promise<readonly string[]> {
  const written: string[] = [];
  const log = openLog('info', 'journal', (line) => written.push(line.trim()));
  const commander = logCommands({ run: async () => outcome }, log);
  assert.is(await commander.run(command, () => undefined, new AbortController().signal), outcome);
  return written;
}

test('who asked for what, and what came of it', async () => {
  const command = { verb: 'arm', args: { label: 'a secret' }, by: 'page' } as const;
  assert.equal(await lines(command, { status: 'done', detail: 'armed' }), [
    '<6>{"level":30,"verb":"arm","by":"page","msg":"command received"}',
    '<6>{"level":30,"verb":"arm","by":"page","detail":"armed","msg":"command done"}',
  ]);
});

test('a command that was refused or failed is a warning with its code', async () => {
  const command = { verb: 'end', args: {}, by: 'mqtt', isDryRun: true } as const;
  const outcome = { status: 'rejected', code: 'WRONG_PHASE', detail: 'nothing is live' } as const;
  assert.is(
    (await lines(command, outcome))[1],
    '<4>{"level":40,"verb":"end","by":"mqtt","isDryRun":true,"code":"WRONG_PHASE","detail":"nothing is live","msg":"command failed"}',
  );
});

test.run();
