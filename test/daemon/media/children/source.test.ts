/** The process of a camera, and the encoders that read from it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaptureChild } from '../../../../daemon/media/children/capture.ts';
import { openSource } from '../../../../daemon/media/children/source.ts';
import { systemClock } from '../../../../hal/os/clock.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { WantedRestart } from '../../../../hal/os/supervise.ts';

const test = suite('source process');

/** Runs one whose pipeline cannot be built. @param onPause Called when it has failed. */
async function failureOf(onPause: (gone: AbortController) => void): Promise<unknown> {
  const gone = new AbortController();
  const capture: Pick<CaptureChild, 'begun' | 'playing'> = {
    begun: async () => ({ gone: gone.signal }),
    playing: async () => ({ gone: gone.signal, send: () => undefined, openSource: async () => 1 }),
  };
  const source = openSource({
    kind: 'camera',
    device: () => ({
      ...{ name: 'broken', check: async () => undefined },
      source: { launch: 'broken', stamping: 'monotonic', needs: {} },
    }),
    graph: () => 'there-is-no-such-element ! fakesink',
    capture: capture as CaptureChild,
    log: silentLog,
    clock: {
      ...systemClock,
      sleep: async (ms, signal) => {
        onPause(gone);
        await systemClock.sleep(ms, signal);
      },
    },
  });
  return await source.run(new AbortController().signal).catch((error: unknown) => error);
}

test('one that fails by itself is a failure', async () => {
  const error = await failureOf(() => undefined);
  assert.match(String(error), 'there-is-no-such-element');
  assert.not.instance(error, WantedRestart);
});

test('one that fails because its encoders have ended is none, though that is seen after it', async () => {
  assert.instance(await failureOf((gone) => gone.abort()), WantedRestart);
});

test.run();
