/** Each kind of child that stalls is killed and started again. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import { childrenOf, commandOf, isAlive, PLAIN, startBox, until } from '../support/box.ts';

const test = suite('children that hang');

/** Those that stall at once, and none takes a later one with it: media comes last. */
const KINDS = [['recording', 'clips', 'uplink', 'source'], ['capture'], ['media']] as const;
const killed = (name: string) =>
  new RegExp(`\\b${name} ended with signal SIGKILL: it did not answer for \\d+ s and was killed`);
/** What says so: missing figures of media, and frames of capture, may be noticed before its silence. */
const KILLED = {
  recording: killed('recorder a'),
  clips: killed('clips'),
  uplink: killed('uplink'),
  source: killed('(camera|sound)'),
  capture: new RegExp(`${killed('capture').source}|capture stalled`),
  media: new RegExp(`${killed('media').source}|media pipeline stalled`),
} as const;
/** While a process starts it may be silent. */
const STARTED_MS = 22_000;

test('a child that is stopped is killed, started again and named in the log', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-hung-'));
  await using box = await startBox([
    ...PLAIN,
    'uplink={host: 127.0.0.1, port: 9}',
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
  for (const kinds of KINDS) {
    const before = box.output().length;
    const hung = kinds.map((kind) => find(kind) ?? 0);
    for (const pid of hung) process.kill(pid, 'SIGSTOP');
    for (const [i, kind] of kinds.entries()) {
      await until(
        () => !isAlive(hung[i] ?? 0) && find(kind) !== undefined,
        60_000,
        () => `${kind}: ${box.output()}`,
      );
    }
    for (const kind of kinds) {
      const isNamed = () => KILLED[kind].test(box.output().slice(before));
      await until(isNamed, 60_000, () => `${kind} is not named: ${box.output()}`);
    }
  }
  const isReplaced = () => !isAlive(hungEdge) && find('edge', edge.pid) !== undefined;
  await until(isReplaced, 60_000, () => `edge: ${edge.output()}`);
  await until(() => killed('edge').test(edge.output()), 60_000, edge.output);
});

test.run();
