/** Server-sent events of the operator's server. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EventStream } from '../../../daemon/web/event-stream.ts';
import type { Change, Hello } from '../../../daemon/web/protocol.ts';
import { until } from '../../support/box.ts';
import { OWN_PAGE, signIn } from '../../support/operator.ts';
import { startFakeBox } from './support/fake-box.ts';
import { fakeSnapshot } from './support/fake-snapshot.ts';
import { ask, type EventReader, helloOf, openEvents } from './support/http.ts';

const test = suite('operator server: events');
const COMMAND = { verb: 'mark' };

test('the first event has the complete state, and the next ones only changes', async () => {
  await using box = await startFakeBox();
  using page = await openEvents(box.url, await signIn(box.url));
  await until(() => page.events.some(({ name }) => name === 'change'), 10_000);
  const { view, history, viewers } = await helloOf(page);
  assert.is(view.name, 'record-shop');
  assert.is(view.battery.phase, 'known');
  assert.is(view.panel?.buttons.length, 2);
  assert.not.ok('levels' in view);
  assert.ok(history.length >= 1);
  assert.equal(viewers, { port: 8080, previewPath: '/preview/x', hasWhep: false });

  const changes = () => page.events.filter(({ name }) => name === 'change').map(({ data }) => data);
  assert.equal((changes().at(-1) as Change).changed, {});
  box.set({ power: 'saving' });
  await until(() => changes().some((data) => 'power' in (data as Change).changed), 5_000);
  const change = changes().find((data) => 'power' in (data as Change).changed) as Change;
  assert.equal(change.changed, { power: 'saving' });
  box.set({ media: undefined });
  await until(() => changes().some((data) => (data as Change).removed.includes('media')), 5_000);
});

test('open pages get the complete state again when viewers are served elsewhere', async () => {
  const viewers = { port: 8080, previewPath: '/preview/x', hasWhep: false };
  await using box = await startFakeBox({ deps: { viewers: () => ({ ...viewers }) } });
  using page = await openEvents(box.url, await signIn(box.url));
  const hellos = () => page.events.filter(({ name }) => name === 'hello').map(({ data }) => data);
  const changes = () => page.events.filter(({ name }) => name === 'change').length;
  await until(() => changes() >= 2, 10_000);
  assert.is(hellos().length, 1);
  viewers.port = 8090;
  await until(() => hellos().length === 2, 10_000);
  assert.is((hellos()[1] as Hello).viewers.port, 8090);
  const before = changes();
  await until(() => changes() > before, 10_000);
  assert.is(hellos().length, 2, 'and changes follow');
});

test('pages get until when the end of a drop is served, as a full minute', async () => {
  const served = { leftMs: 0 };
  await using box = await startFakeBox({ deps: { endedLeftMs: () => served.leftMs } });
  using page = await openEvents(box.url, await signIn(box.url));
  assert.is((await helloOf(page)).view.endServedUntilMs, undefined);
  served.leftMs = 600_000;
  const untilMs = () =>
    page.events
      .filter(({ name }) => name === 'change')
      .map(({ data }) => (data as Change).changed.endServedUntilMs)
      .find((atMs) => atMs !== undefined);
  await until(() => untilMs() !== undefined, 5_000);
  assert.is((untilMs() ?? 1) % 60_000, 0);
  assert.ok((untilMs() ?? 0) > Date.now() + 500_000);
});

test('levels are sent ten times a second, samples, log lines and progress as they happen', async () => {
  await using box = await startFakeBox({ speed: 5 });
  const cookie = await signIn(box.url);
  using page = await openEvents(box.url, cookie);
  const count = (name: string) => page.events.filter((event) => event.name === name).length;
  await until(() => count('levels') >= 20, 10_000);
  // Five changes' time for twenty-five levels, however slow the machine.
  assert.ok(count('levels') > 2 * count('change'), `${count('levels')}, ${count('change')}`);
  await until(() => count('sample') >= 1, 10_000);
  box.logTail.add({ atMs: 1, level: 'warn', message: 'link silent', fields: 'link=wwan0' });
  await until(() => count('log') === 1, 5_000);
  await ask(`${box.url}/command`, 'POST', { ...OWN_PAGE, cookie }, COMMAND);
  await until(() => count('progress') === 1, 5_000);
  assert.equal(page.events.find(({ name }) => name === 'progress')?.data, {
    verb: 'mark',
    detail: 'checking the disk',
    ratio: 0.5,
  });
});

test('a second page takes no events from the first', async () => {
  await using box = await startFakeBox();
  const cookie = await signIn(box.url);
  using first = await openEvents(box.url, cookie);
  await until(() => first.events.length > 0, 5_000);
  box.set({ power: 'saving' });
  box.logTail.add({ atMs: 1, level: 'info', message: 'between', fields: '' });
  using second = await openEvents(box.url, cookie);
  const has = (text: string) => first.events.some((event) => JSON.stringify(event).includes(text));
  await until(() => has('"saving"') && has('"between"'), 5_000);
  await until(() => second.events.length > 0, 5_000);
});

test('a session has three streams: a fourth ends the oldest', async () => {
  await using box = await startFakeBox();
  const cookie = await signIn(box.url);
  using first = await openEvents(box.url, cookie);
  using second = await openEvents(box.url, cookie);
  using third = await openEvents(box.url, cookie);
  using fourth = await openEvents(box.url, cookie);
  assert.is(fourth.status, 200);
  await until(() => first.isEnded, 5_000);
  assert.equal(first.events.at(-1), { name: 'bye', data: { reason: 'another-page' } });
  assert.not.ok(second.isEnded || third.isEnded);
});

test('at most sixteen streams are open; one more of the crew ends the oldest', async () => {
  await using box = await startFakeBox();
  const pages: EventReader[] = [];
  for (let session = 0; session < 6; session += 1) {
    const cookie = await signIn(box.url);
    for (let i = 0; i < 3; i += 1) pages.push(await openEvents(box.url, cookie));
  }
  assert.equal(
    pages.map(({ status }) => status),
    new Array<number>(18).fill(200),
  );
  await until(() => pages.filter((page) => page.isEnded).length === 2, 5_000);
  assert.ok(pages[0]?.isEnded && pages[3]?.isEnded, 'of the sessions that had most');
  for (const page of pages) page[Symbol.dispose]();
});

test('devices of hosts do not keep the crew out, nor end the crew’s pages', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-hosts-'));
  const file = join(folder, 'host-pin');
  writeFileSync(file, '2468\n', { mode: 0o600 });
  await using box = await startFakeBox({ config: { host_pin_file: file } });
  const pages: EventReader[] = [];
  for (let i = 0; i < 6; i += 1) {
    const cookie = await signIn(box.url, '2468');
    for (let n = 0; n < 3; n += 1) pages.push(await openEvents(box.url, cookie));
  }
  await until(() => pages.filter((page) => !page.isEnded).length === 10, 5_000);
  const crew: EventReader[] = [];
  for (let i = 0; i < 6; i += 1) {
    const cookie = await signIn(box.url);
    for (let n = 0; n < 3; n += 1) crew.push(await openEvents(box.url, cookie));
  }
  await until(() => pages.every((page) => page.isEnded), 5_000);
  assert.is(crew.filter((page) => !page.isEnded).length, 16);
  const last = await openEvents(box.url, await signIn(box.url, '2468'));
  assert.is(last.status, 503);
  for (const page of [...pages, ...crew, last]) page[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

test('a page that does not read is disconnected, and the others continue', async () => {
  await using box = await startFakeBox({ speed: 20 });
  using stuck = await openEvents(box.url, await signIn(box.url));
  using other = await openEvents(box.url, await signIn(box.url));
  await until(() => stuck.events.length > 0, 5_000);
  stuck.pause();
  let n = 0;
  const timer = setInterval(() => {
    n += 1;
    box.set({ camera: String(n).padEnd(200_000, '.') });
  }, 20);
  try {
    // More than all buffers on the way hold.
    await until(() => other.bytes > 24_000_000, 60_000);
  } finally {
    clearInterval(timer);
  }
  assert.not.ok(other.isEnded);
  // What is left in the buffers on the way, and then the end.
  stuck.resume();
  await until(() => stuck.isEnded, 10_000);
  assert.ok(stuck.bytes < other.bytes, `${stuck.bytes} of ${other.bytes}`);
});

test('a page that reads nothing for ten seconds while bytes wait is disconnected', () => {
  const response = { writableLength: 0, destroyed: false, destroy, socket: { bytesWritten: 0 } };
  function destroy(): void {
    response.destroyed = true;
  }
  const stream = new EventStream(response as never, 'session', 0);
  assert.is(stream.closeIfStalled(60_000), false, 'nothing waits');
  response.writableLength = 100;
  response.socket.bytesWritten = 150;
  assert.is(stream.closeIfStalled(61_000), false, 'some were taken');
  response.socket.bytesWritten = 151;
  assert.is(stream.closeIfStalled(70_000), false, 'one more was taken');
  assert.is(stream.closeIfStalled(79_999), false);
  assert.is(stream.closeIfStalled(80_000), true);
  assert.is(stream.isOpen, false);
});

test('text in the snapshot cannot end or add an event', async () => {
  await using box = await startFakeBox();
  const cookie = await signIn(box.url);
  box.set({ camera: '</script>\n\nevent: bye\ndata: {}\n\n' });
  using page = await openEvents(box.url, cookie);
  assert.is((await helloOf(page)).view.camera, '</script>\n\nevent: bye\ndata: {}\n\n');
  assert.not.ok(page.events.some(({ name }) => name === 'bye'));
  assert.is(fakeSnapshot().name, 'record-shop');
});

test.run();
