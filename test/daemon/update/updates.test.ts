/** The command update, and what the box says of versions. */
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxEvent, Command } from '../../../daemon/model/commands.ts';
import { VersionStore } from '../../../daemon/update/store.ts';
import { Updates } from '../../../daemon/update/updates.ts';
import {
  gaveUp,
  INSTALLED,
  onTrial,
  proved,
  type Versions,
} from '../../../daemon/update/versions.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { layProgram, openWorkshop } from './support/program.ts';

const test = suite('the command update');

const workshop = openWorkshop();
const release = await workshop.release({ version: '1.1' });
const foreign = openWorkshop();
const forged = await foreign.release({ version: '1.1' });
const NOTHING = { pages: [], picture: false };
let boxes = 0;

interface Options {
  readonly url?: string;
  readonly key?: string;
  readonly before?: (versions: Versions) => Versions;
  /** Its id. */
  readonly runs?: string;
}

async function openBox({ url = release, key = workshop.key, before, runs }: Options = {}) {
  boxes += 1;
  const folder = join(workshop.folder, `updates-${boxes}`);
  const program = join(folder, 'installed');
  mkdirSync(join(folder, 'state'), { recursive: true });
  layProgram(program, { version: '1.0' });
  const store = new VersionStore(join(folder, 'state'), program);
  if (before !== undefined) await store.save(before(await store.load()));
  const clock = new VirtualClock();
  const events: BoxEvent[] = [];
  const box = { busy: undefined as string | undefined, ends: 0, url, store, clock, events };
  const updates = new Updates({
    ...{ store, clock, log: silentLog, versions: await store.load() },
    running: { id: runs ?? INSTALLED, version: '1.0', built: '2020-01-01T00:00:00Z' },
    config: () => ({ key, url: box.url, check_hours: 12 }),
    busyWith: () => box.busy,
    whatWorks: async () => NOTHING,
    trial: async () => undefined,
    onEvent: (event) => void events.push(event),
    end: () => {
      box.ends += 1;
    },
    untilEnd: new AbortController().signal,
  });
  const ask = (args: Command['args'], more: Partial<Command> = {}) =>
    updates.command({ verb: 'update', args, by: 'cli', ...more }, () => undefined);
  return Object.assign(box, { updates, ask });
}

test('it installs what is offered, and the box starts again once it has answered', async () => {
  const { ask, clock, store, updates, ...box } = await openBox();
  const outcome = await ask({}, { by: 'mqtt' });
  assert.is(outcome.status, 'done', outcome.detail);
  assert.match(outcome.detail, '1.1 is in place');
  assert.match((await store.load()).trial?.id ?? '', /^1\.1-/);
  assert.is(updates.state().step?.what, 'restarting');
  assert.is(box.ends, 0);
  assert.is((await ask({})).status, 'rejected');
});

test('the box ends in good order, unless a drop was armed meanwhile', async () => {
  for (const [busy, ends] of [
    [undefined, 1],
    ['the drop is armed', 0],
  ] as const) {
    const box = await openBox();
    await box.ask({});
    box.busy = busy;
    await box.clock.advance(1_000);
    assert.is(box.ends, ends, busy);
    assert.ok((await box.store.load()).trial !== null);
  }
});

test('never while a drop has the camera', async () => {
  const box = await openBox();
  box.busy = 'the drop is live; end it first';
  const outcome = await box.ask({});
  assert.equal([outcome.status, 'code' in outcome && outcome.code], ['rejected', 'BUSY']);
  assert.match(outcome.detail, 'the drop is live');
  assert.is((await box.store.load()).trial, null);
});

test('a release that was signed with another key is refused in a sentence', async () => {
  const box = await openBox({ url: forged });
  const outcome = await box.ask({});
  assert.equal([outcome.status, 'code' in outcome && outcome.code], ['failed', 'RELEASE']);
  assert.match(outcome.detail, 'the signature is wrong');
  assert.is(box.updates.state().step, undefined);
  assert.is((await openBox({ key: '' })).updates.state().unsupported !== undefined, true);
  assert.is((await (await openBox({ key: '' })).ask({})).status, 'rejected');
});

test('only the version that was asked for is installed, and only the command line names files', async () => {
  const box = await openBox();
  assert.match((await box.ask({ version: '1.2' })).detail, 'version 1.1 is offered, not 1.2');
  assert.match((await box.ask({ from: release }, { by: 'page' })).detail, 'only the command line');
  assert.match((await box.ask({ from: release }, { by: 'mqtt' })).detail, 'only the command line');
  assert.match((await (await openBox({ url: '' })).ask({})).detail, 'no release is named');
  assert.is((await box.ask({ version: '1.1' })).status, 'done');
});

test('a dry run says what would be installed, and the page then offers it', async () => {
  const box = await openBox();
  assert.match((await box.ask({}, { isDryRun: true })).detail, 'would install 1.1');
  assert.is((await box.store.load()).trial, null);
  const { latest, isNewer } = box.updates.state();
  assert.equal([latest, isNewer], ['1.1', true]);
});

test('what is offered is looked for by itself, a fault is told, and another address is looked at soon', async () => {
  const box = await openBox({ url: join(workshop.folder, 'none') });
  const [ending, { state, run }] = [new AbortController(), box.updates];
  const running = run(ending.signal);
  const until = async (isSo: () => boolean, stepMs: number) => {
    for (let i = 0; i < 3_000 && !isSo(); i += 1) {
      // What it reads of the disk comes in its own time.
      await box.clock.advance(stepMs);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await until(() => state().offerFault !== undefined, 10_000);
  assert.match(state().offerFault ?? '', 'cannot be read');
  box.url = release;
  await box.clock.advance(61_000);
  await until(() => state().latest !== undefined, 0);
  assert.equal([state().latest, state().offerFault], ['1.1', undefined]);
  ending.abort();
  await running;
});

/** An address whose release stops half way; closes with the test. */
async function serveHalf() {
  const bytes = readFileSync(release);
  const server = createServer((_, response) => {
    response.write(bytes.subarray(0, bytes.length - 500));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Resolves once a release is being unpacked. */
async function untilUnpacking({ updates }: Awaited<ReturnType<typeof openBox>>) {
  while ((updates.state().step?.ratio ?? 0) === 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('stopping, going back, or a drop that is armed, stops a release that does not come any further', async () => {
  using half = await serveHalf();
  for (const by of ['stop', 'back', 'drop'] as const) {
    const box = await openBox({ url: half.url });
    const updating = box.ask({});
    await untilUnpacking(box);
    if (by === 'drop') {
      box.busy = 'the drop is armed; end it first';
      await box.clock.advance(1_000);
    } else {
      assert.match((await box.ask({ [by]: true })).detail, 'the update is stopped');
    }
    const outcome = await updating;
    assert.match(outcome.detail, by === 'drop' ? 'put off: the drop is armed' : 'it was stopped');
    assert.equal([box.updates.state().step, readdirSync(box.store.folder)], [undefined, []]);
    assert.match((await box.ask({ stop: true })).detail, 'no update is being installed');
  }
});

/** The box has fetched 1.0.5 and, before that, 1.0.2: `good` and `previous`. */
function fetched(versions: Versions): Versions {
  const [good, previous] = ['1.0.5-aaaaaaaaaaaa', '1.0.2-bbbbbbbbbbbb'];
  return { ...versions, good, previous };
}

test('what is in place already is stopped by nobody, and nobody is told so', async () => {
  const box = await openBox();
  let stopping: ReturnType<typeof box.ask> | undefined;
  const save = box.store.save.bind(box.store);
  box.store.save = async (versions) => {
    await save(versions);
    // Asked for last, between that and the answer.
    const get = () => {
      stopping ??= Promise.resolve().then(() => box.ask({ stop: true }));
      return undefined;
    };
    Object.defineProperty(box, 'busy', { get });
  };
  assert.is((await box.ask({})).status, 'done');
  assert.match((await stopping)?.detail ?? '', 'is in place already');
});

test('a download that breaks off leaves the version to go back to', async () => {
  using half = await serveHalf();
  const box = await openBox({ url: half.url, before: fetched, runs: '1.0.5-aaaaaaaaaaaa' });
  layProgram(box.store.folderOf('1.0.2-bbbbbbbbbbbb'), { version: '1.0.2' });
  const updating = box.ask({});
  await untilUnpacking(box);
  await box.ask({ stop: true });
  assert.is((await updating).status, 'failed');
  assert.is(box.updates.state().previous, '1.0.2');
  assert.match((await box.ask({ back: true })).detail, '1.0.2 is in place');
});

test('what gives way to a release for want of room is offered no more, however that ends', async () => {
  using half = await serveHalf();
  const box = await openBox({ url: half.url, before: fetched, runs: '1.0.5-aaaaaaaaaaaa' });
  const previous = box.store.folderOf('1.0.2-bbbbbbbbbbbb');
  layProgram(previous, { version: '1.0.2' });
  box.store.freeBytes = async () => (existsSync(previous) ? 0 : 1e9);
  const updating = box.ask({});
  await untilUnpacking(box);
  await box.ask({ back: true });
  await updating;
  assert.is(existsSync(previous), false);
  assert.is(box.updates.state().previous, 'the installed version');
});

test('a version whose folder is gone is not gone back to', async () => {
  const box = await openBox({ before: fetched, runs: '1.0.5-aaaaaaaaaaaa' });
  assert.match((await box.ask({ back: true })).detail, '1.0.2 is not on the disk any more');
  assert.is((await box.store.load()).trial, null);
  assert.is(box.updates.state().previous, 'the installed version');
});

test('what an update of before has left goes when the box starts', async () => {
  const box = await openBox({ before: fetched, runs: '1.0.5-aaaaaaaaaaaa' });
  for (const name of ['1.0.5-aaaaaaaaaaaa', '1.1-cccccccccccc.new', '0.9-dddddddddddd']) {
    mkdirSync(join(box.store.folder, name), { recursive: true });
    writeFileSync(join(box.store.folder, name, 'file'), 'x');
  }
  const ending = new AbortController();
  const running = box.updates.run(ending.signal);
  // The next command waits for it.
  await box.ask({}, { isDryRun: true });
  ending.abort();
  await running;
  assert.equal(readdirSync(box.store.folder).toSorted(), ['1.0.5-aaaaaaaaaaaa', 'state.json']);
});

test('going back takes the version before, and puts it on trial too', async () => {
  const box = await openBox({
    before: (versions) =>
      proved(onTrial(versions, '1.1-aaaaaaaaaaaa', NOTHING), '1.1-aaaaaaaaaaaa'),
  });
  assert.is(box.updates.state().previous, 'the installed version');
  assert.match((await box.ask({ back: true })).detail, 'the installed version is in place');
  assert.is((await box.store.load()).trial?.id, INSTALLED);
  assert.match((await (await openBox()).ask({ back: true })).detail, 'no version to go back to');
});

test('an update that went back is an event with the reason, and stays on the page', async () => {
  const box = await openBox({
    before: (versions) =>
      gaveUp(
        onTrial(versions, '1.1-aaaaaaaaaaaa', NOTHING),
        'no picture comes',
        Date.UTC(2026, 4, 1),
      ),
  });
  const ending = new AbortController();
  const running = box.updates.run(ending.signal);
  await box.clock.advance(0);
  ending.abort();
  await running;
  assert.equal(
    box.events.map(({ type, data }) => [type, data]),
    [['update.went-back', { version: '1.1', reason: 'no picture comes' }]],
  );
  assert.is(box.updates.state().failed?.version, '1.1');
});

test.after(() => {
  for (const { folder } of [workshop, foreign]) rmSync(folder, { recursive: true, force: true });
});

test.run();
