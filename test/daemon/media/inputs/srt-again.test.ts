/** A phone or encoder that is away is asked for again, less and less often. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../../daemon/config/file.ts';
import { openSrtCamera } from '../../../../daemon/media/inputs/srt-camera.ts';
import { systemClock } from '../../../../hal/os/clock.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { WantedRestart } from '../../../../hal/os/supervise.ts';

const test = suite('an SRT camera that is away');
const never = new AbortController().signal;

/** Of four calls, or waits for one, that fail. */
async function pausesOf(url: string): Promise<readonly number[]> {
  const config = parseConfig('x', '', [
    'camera.driver=srt',
    `camera.url=${url}`,
    'camera.credentials_file=/nowhere/passphrase',
    'sound.driver=camera',
  ]);
  const pauses: number[] = [];
  const clock = {
    wallMs: () => systemClock.wallMs(),
    monotonicMs: () => systemClock.monotonicMs(),
    sleep: async (ms: number) => void pauses.push(ms),
  };
  const { run } = openSrtCamera(config, { clock, log: silentLog });
  for (let i = 0; i < 4; i += 1) {
    const reason = await run?.(never).catch((error: unknown) => error);
    assert.instance(reason, WantedRestart);
  }
  return pauses;
}

test('the box calls at pauses that grow to ten seconds', async () => {
  assert.equal(await pausesOf('srt://127.0.0.1:7001'), [4_000, 8_000, 10_000, 10_000]);
});

test('where it is called itself it is there again after the shortest', async () => {
  assert.equal(await pausesOf('srt://:7001?mode=listener'), [4_000, 4_000, 4_000, 4_000]);
});

test.run();
