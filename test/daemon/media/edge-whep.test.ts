/** WebRTC at an edge: two real boxes, and viewers by the library. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { type Box, startBox, until } from '../../support/box.ts';
import { freeUdpPort } from '../../support/free-port.ts';
import { connectByWhep, openWhepViewer, watchByWhep } from '../../support/media/whep-viewer.ts';

const test = suite('WebRTC at an edge');

const WITHIN_MS = 120_000;

const startWith = async (...overrides: readonly string[]) =>
  startBox([`viewers.whep.port=${await freeUdpPort()}`, ...overrides]);

/** Until picture and sound arrive. The edge looks at its upstream first. */
async function watch(box: Box) {
  const endpoint = `${box.url}/live/whep?profile=laptop`;
  const { seeing, seen, ...viewer } = await watchByWhep(endpoint, WITHIN_MS, box.output);
  const flows = async () => {
    const before = seen();
    await seeing(
      ({ keyframes, audio }) => keyframes >= before.keyframes + 2 && audio > before.audio + 20,
      WITHIN_MS,
    );
  };
  await flows();
  return { ...viewer, flows };
}

/** Bad offers, ones too many, and more of them than anybody needs. */
async function flood(edge: Box): Promise<void> {
  const another = await openWhepViewer(() => undefined, ['video']);
  const refused = await connectByWhep(another, `${edge.url}/live/whep`).catch(String);
  assert.match(String(refused), /503 your address has too many viewers|429 too many requests/);
  another.close();
  const post = async (body: string, type = 'application/sdp') => {
    const headers = { 'content-type': type };
    return (await fetch(`${edge.url}/live/whep`, { method: 'POST', headers, body })).status;
  };
  assert.is(await post('{}', 'application/json'), 415);
  const statuses = new Set<number>();
  for (let i = 0; i < 200; i += 1) statuses.add(await post(`v=0\r\nm=video ${i}`));
  for (const status of statuses) assert.ok([400, 406, 429, 503].includes(status), `${status}`);
  assert.ok(statuses.has(429));
}

const framesPushed = async (box: Box) =>
  (await box.state<BoxSnapshot>()).media?.push?.frame.clients;

test('one pushed stream for all viewers, within its own limits, over floods and over kills here and there', async () => {
  await using origin = await startWith();
  const isServing = async () => (await fetch(`${origin.url}/live/index.m3u8`)).status === 200;
  await until(isServing, WITHIN_MS, origin.output);
  await using edge = await startWith(
    `edge.upstream=${origin.url}`,
    'viewers.whep.max_viewers_per_address=2',
  );
  const first = await watch(edge);
  const second = await watch(edge);
  const pushed = await fetch(`${edge.url}/live/push/mid?chunk=frame`);
  assert.is(pushed.status, 200);
  await until(async () => (await framesPushed(origin)) === 1, WITHIN_MS);
  assert.is(await framesPushed(origin), 1, 'two viewers by WebRTC and one by push');
  await pushed.body?.cancel();

  const pid = edge.childPid('whep') ?? 0;
  await flood(edge);
  await first.flows();
  assert.is(edge.childPid('whep'), pid);

  const location = first.resource.pathname;
  assert.match(location, /^\/live\/whep\/[\w-]+$/);
  assert.is((await fetch(first.resource, { method: 'DELETE' })).status, 200);
  assert.is((await fetch(first.resource, { method: 'DELETE' })).status, 404);
  first.close();

  process.kill(pid, 'SIGKILL');
  second.close();
  const third = await watch(edge);
  process.kill(origin.childPid('media') ?? 0, 'SIGKILL');
  await third.flows();
  third.close();
});

// The library keeps this process alive until its garbage is collected, and its own cleanup crashes.
test.after(() => void setTimeout(() => process.exit(), 1_000));

test.run();
