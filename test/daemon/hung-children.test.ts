/** Each kind of child that stalls is killed and started again. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { childrenOf, commandOf, isAlive, startBox, until } from '../support/box.ts';

const test = suite('children that hang');

/** Those that stall at once, and none takes a later one with it: media comes last. */
const KINDS = [['recording', 'clips', 'uplink', 'source'], ['capture'], ['media']] as const;
/** What says so: media's missing figures are noticed before it counts as silent. */
const KILLED = /did not answer for \d+ s and was killed|media pipeline stalled|capture stalled/g;
/** While a process starts it may be silent. */
const STARTED_MS = 22_000;

test('a child that is stopped is killed, started again and named in the log', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-hung-'));
  await using box = await startBox([
    'uplink={host: 127.0.0.1, port: 9, rendition: low}',
    `recording.targets=[{id: a, folder: ${folder}/a}]`,
    `clips.folder=${folder}/clips`,
  ]);
  await box.ready();
  // A room whose guests watch this box's stream.
  await using edge = await startBox([`edge.upstream=${box.url}`]);
  const find = (kind: string, of = box.pid) => {
    const all = [of, ...childrenOf(of)].flatMap((pid) => [...childrenOf(pid)]);
    return all.find((pid) => commandOf(pid).includes(`${kind}/main`));
  };
  await until(() => find('edge', edge.pid) !== undefined, 30_000, edge.output);
  await until(() => KINDS.flat().every((kind) => find(kind) !== undefined), 30_000, box.output);
  await new Promise((resolve) => setTimeout(resolve, STARTED_MS));
  const hungEdge = find('edge', edge.pid) ?? 0;
  process.kill(hungEdge, 'SIGSTOP');
  const killed = () => box.output().match(KILLED)?.length ?? 0;
  for (const kinds of KINDS) {
    const before = killed();
    const hung = kinds.map((kind) => find(kind) ?? 0);
    for (const pid of hung) process.kill(pid, 'SIGSTOP');
    for (const [i, kind] of kinds.entries()) {
      await until(
        () => !isAlive(hung[i] ?? 0) && find(kind) !== undefined,
        60_000,
        () => `${kind}: ${box.output()}`,
      );
    }
    await until(() => killed() >= before + kinds.length, 60_000, box.output);
  }
  const isReplaced = () => !isAlive(hungEdge) && find('edge', edge.pid) !== undefined;
  await until(isReplaced, 60_000, () => `edge: ${edge.output()}`);
  assert.match(edge.output(), KILLED);
});

test.run();
