/** A version on trial: kept where all works as before, given up where it does not. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot, DropPhase } from '../../../daemon/model/snapshot.ts';
import { faultOf, type SelfCheckDeps, whatWorks } from '../../../daemon/update/self-check.ts';
import { runTrial } from '../../../daemon/update/trial.ts';
import { gaveUp, installedOnly, onTrial, type Versions } from '../../../daemon/update/versions.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { figures, WELL } from '../../support/snapshot.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('the trial of a version');
const ID = '1.1-aaaaaaaaaaaa';
const EXPECTED = { pages: ['guests' as const], picture: true };

function openTrial(
  fault: () => string | undefined,
  versions = onTrial(installedOnly('x'), ID, EXPECTED),
  upMs = 0,
) {
  const clock = new VirtualClock();
  const trial = {
    ...{ clock, versions, ends: 0, phase: 'idle' as DropPhase, events: [] as string[] },
    isPictureAsked: true,
    run: () =>
      runTrial(
        {
          id: ID,
          store: {
            load: async () => trial.versions,
            loadForChange: async () => trial.versions,
            save: async (next: Versions) => {
              trial.versions = next;
            },
            sweep: async () => undefined,
          },
          faultOf: async ({ picture }) => {
            trial.isPictureAsked = picture;
            return fault();
          },
          upMs,
          phase: () => trial.phase,
          onEvent: ({ type }) => void trial.events.push(type),
          end: () => {
            trial.ends += 1;
          },
          ...{ clock, log: silentLog },
        },
        new AbortController().signal,
      ),
  };
  return trial;
}

test('it is kept where all works as before, and still does after a minute', async () => {
  let fault: string | undefined = 'no picture comes';
  const trial = openTrial(() => fault);
  const running = trial.run();
  await trial.clock.advance(30_000);
  fault = undefined;
  await trial.clock.advance(25_000);
  assert.equal([trial.versions.good, trial.isPictureAsked], ['installed', false]);
  await trial.clock.advance(10_000);
  await running;
  assert.equal([trial.versions.good, trial.versions.trial, trial.ends], [ID, null, 0]);
  assert.equal(trial.events, ['update.done']);
});

test('one that works at first and not after a minute gives itself up', async () => {
  let fault: string | undefined;
  const trial = openTrial(() => fault);
  const running = trial.run();
  await trial.clock.advance(30_000);
  fault = 'the media process does not run';
  await trial.clock.advance(40_000);
  await running;
  assert.equal([trial.versions.good, trial.ends], ['installed', 1]);
});

test('a slow start is a part of the minute', async () => {
  const trial = openTrial(() => undefined, undefined, 55_000);
  const running = trial.run();
  await trial.clock.advance(10_000);
  await running;
  assert.is(trial.versions.good, ID);
});

test('after a minute without what worked before it gives itself up, and the box ends', async () => {
  const trial = openTrial(() => 'the guests’ page does not answer');
  const running = trial.run();
  await trial.clock.advance(58_000);
  assert.is(trial.ends, 0);
  await trial.clock.advance(10_000);
  await running;
  assert.equal([trial.versions.good, trial.versions.trial, trial.ends], ['installed', null, 1]);
  assert.match(trial.versions.failed?.reason ?? '', 'guests’ page');
});

test('a drop that goes live meanwhile is not interrupted', async () => {
  const trial = openTrial(() => 'no picture comes');
  const running = trial.run();
  trial.phase = 'live';
  await trial.clock.advance(600_000);
  assert.is(trial.ends, 0);
  trial.phase = 'idle';
  await trial.clock.advance(5_000);
  await running;
  assert.is(trial.ends, 1);
});

test('without a trial, or with that of another version, nothing is looked at', async () => {
  const look = () => assert.unreachable() as never;
  const versions = onTrial(installedOnly('x'), 'other-1', EXPECTED);
  for (const one of [installedOnly('x'), versions, gaveUp(versions, '', 0)]) {
    await openTrial(look, one).run();
  }
});

async function serve() {
  const server = createServer((_, response) => response.end('a page'));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, close: () => new Promise((resolve) => server.close(resolve)) };
}

test('what works is what answers and what has a picture, and what worked has to work', async () => {
  const guests = await serve();
  const operator = await serve();
  const captured: boolean[] = [];
  let isFlowing = true;
  const idle = { phase: 'idle', sinceMs: 0 } as const;
  const running = { phase: 'running', restartsTotal: 0 } as const;
  const snapshot = (): BoxSnapshot => ({
    ...{ ...WELL, drop: idle, media: figures({ isFlowing }) },
    children: { media: running, capture: { ...running, lastFailure: 'no encoder' } },
  });
  const host = '127.0.0.1';
  // As it was at the start: the crew moves the page of the guests.
  let config = { viewers: { host, port: 1 }, operator: { host, port: operator.port } };
  let nowMs = 0;
  let unused: string | undefined;
  const deps: SelfCheckDeps = {
    config: () => config as unknown as ReturnType<SelfCheckDeps['config']>,
    setCapturing: (isWanted) => captured.push(isWanted),
    snapshot,
    unusedSettings: () => unused,
    clock: {
      wallMs: () => 0,
      monotonicMs: () => nowMs,
      sleep: async (ms) => {
        nowMs += ms;
      },
    },
  };
  const { signal } = new AbortController();
  config = { ...config, viewers: { host, port: guests.port } };
  const before = await whatWorks(deps, signal);
  assert.equal(before, { pages: ['guests', 'operator'], picture: true });
  assert.equal(captured, [true, false]);
  assert.is(await faultOf(before, deps, signal), undefined);
  unused = 'the settings do not fit';
  assert.is(await faultOf(before, deps, signal), unused);
  const expected = await whatWorks(deps, signal);
  assert.is(await faultOf(expected, deps, signal), undefined, 'they did not fit before either');
  unused = undefined;
  assert.is(await faultOf(before, deps, signal), undefined, 'what was left out is there again');
  isFlowing = false;
  assert.is(await faultOf(before, deps, signal), 'no picture comes: no encoder');
  assert.is(await faultOf({ ...before, picture: false }, deps, signal), undefined);
  await guests.close();
  assert.is(await faultOf(before, deps, signal), 'the guests’ page does not answer');
  assert.equal(await whatWorks(deps, signal), { pages: ['operator'], picture: false });
  await operator.close();
});

test.run();
