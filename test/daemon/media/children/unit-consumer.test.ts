/** A process that another one feeds, which is replaced while it starts. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openUnitConsumer } from '../../../../daemon/media/children/unit-consumer.ts';
import { systemClock } from '../../../../hal/os/clock.ts';
import { openLog } from '../../../../hal/os/log.ts';
import { WantedRestart } from '../../../../hal/os/supervise.ts';

const test = suite('fed process');

test('where its feeder has another source before it runs, it starts again with that one’s settings', async () => {
  const asked: string[] = [];
  const gone = new AbortController();
  const source = { now: 'first' };
  const fed = openUnitConsumer({
    ...{ name: 'whep', program: 'whep', clock: systemClock, onMessage: () => undefined },
    log: openLog('error', 'journal', () => undefined),
    settings: () => {
      asked.push(source.now);
      return { tracks: [{ id: 'low', kind: 'video' as const }] };
    },
    media: {
      serving: async () => ({
        gone: gone.signal,
        openPipes: async (_ask, _onBroken, signal) => {
          source.now = 'second';
          gone.abort(new WantedRestart('the upstream has changed'));
          signal.throwIfAborted();
          throw new Error('it went on');
        },
      }),
    },
  });
  let reason: unknown;
  await fed.run(new AbortController().signal).catch((error: unknown) => {
    reason = error;
  });
  assert.instance(reason, WantedRestart);
  assert.equal(asked, ['first']);
});

test('what changes while its pipes are opened is in the settings that it starts with', async () => {
  const asked: string[] = [];
  const stop = new AbortController();
  let blocked = 'none';
  const fed = openUnitConsumer({
    ...{ name: 'whep', program: 'whep', clock: systemClock, onMessage: () => undefined },
    log: openLog('error', 'journal', () => undefined),
    settings: () => {
      asked.push(blocked);
      // No process is needed to see them.
      if (asked.length === 2) stop.abort();
      return { tracks: [{ id: 'low', kind: 'video' as const }] };
    },
    media: {
      serving: async () => ({
        gone: new AbortController().signal,
        openPipes: async () => {
          blocked = 'five';
          return { run: 1, forget: () => undefined };
        },
      }),
    },
  });
  await fed.run(stop.signal).catch(() => undefined);
  assert.equal(asked, ['none', 'five']);
});

test.run();
