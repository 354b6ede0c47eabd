/** Each kind of child that stalls is killed and started again. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { childrenOf, commandOf, isAlive, startBox, until } from '../support/box.ts';

const test = suite('children that hang');

/** None of them takes a later one with it. */
const KINDS = ['recording', 'clips', 'uplink', 'source', 'capture'] as const;
/** While a process starts it may be silent. */
const STARTED_MS = 22_000;

test('a child that is stopped is killed, started again and named in the log', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-hung-'));
  await using box = await startBox([
    'uplink={host: 127.0.0.1, port: 9}',
    `recording.targets=[{id: a, folder: ${folder}/a}]`,
    `clips.folder=${folder}/clips`,
  ]);
  await box.ready();
  const find = (kind: string) => {
    const all = [box.pid, ...childrenOf(box.pid)].flatMap((pid) => [...childrenOf(pid)]);
    return all.find((pid) => commandOf(pid).includes(`${kind}/main`));
  };
  await until(() => KINDS.every((kind) => find(kind) !== undefined), 30_000, box.output);
  await new Promise((resolve) => setTimeout(resolve, STARTED_MS));
  const killed = () => box.output().match(/did not answer for 5 s and was killed/g)?.length ?? 0;
  for (const kind of KINDS) {
    const before = killed();
    const hung = find(kind) ?? 0;
    process.kill(hung, 'SIGSTOP');
    await until(
      () => !isAlive(hung) && find(kind) !== undefined,
      60_000,
      () => `${kind}: ${box.output()}`,
    );
    assert.ok(killed() > before, `${kind}: ${box.output()}`);
  }
});

test.run();
