/** Tests of battery polling and shutdown requests. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { PowerPhase } from '../../../daemon/model/snapshot.ts';
import { runPower } from '../../../daemon/power/run.ts';
import type { BatteryState } from '../../../hal/battery/port.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('power, as it is read');

const known = { phase: 'known', source: 'x', mains: 'unknown' } as const;
const READINGS: readonly BatteryState[] = [
  { ...known, fault: 'GPIO6: no such line' },
  { ...known, fault: 'GPIO6: no such line' },
  { ...known, mains: 'on' },
  { phase: 'unknown', source: 'x', reason: '0x36: EREMOTEIO', mains: 'on' },
  { phase: 'unknown', source: 'x', reason: '0x36: EREMOTEIO', mains: 'on' },
];

test('what of the battery cannot be read goes to the journal once, with its reason', async () => {
  const reported: unknown[] = [];
  const stop = new AbortController();
  const left = [...READINGS];
  const read = async () => {
    const [next] = left.splice(0, 1);
    if (left.length === 0) stop.abort();
    return next ?? { phase: 'absent' as const };
  };
  const deps = {
    battery: { read, [Symbol.asyncDispose]: async () => {} },
    settings: () => ({}),
    onBattery: () => {},
    shedLoadsIn: () => [],
    onPhase: () => {},
    onEvent: () => {},
    clock: { wallMs: () => 0, monotonicMs: () => 0, sleep: async () => {} },
    log: { ...silentLog, warn: (_: string, fields?: object) => void reported.push(fields) },
  };
  await runPower(deps, stop.signal);
  assert.equal(reported, [{ reason: 'GPIO6: no such line' }, { reason: '0x36: EREMOTEIO' }]);
});

test('a machine that was not shut down is asked again every half minute, until it is', async () => {
  const clock = new VirtualClock();
  const stop = new AbortController();
  let isNotOff = false;
  const reported: PowerPhase[] = [];
  const spent = { ...known, mains: 'off', chargePct: 3, timeLeftS: 60 } as const;
  const running = runPower(
    {
      battery: { read: async () => spent, [Symbol.asyncDispose]: async () => {} },
      settings: () => ({ isNotOff }),
      onBattery: () => {},
      shedLoadsIn: () => [],
      onPhase: (phase) => void reported.push(phase),
      onEvent: () => {},
      clock,
      log: silentLog,
    },
    stop.signal,
  );
  const asked = () => reported.filter((phase) => phase === 'shut-down').length;
  await clock.advance(120_000);
  assert.is(asked(), 1);
  isNotOff = true;
  await clock.advance(90_000);
  assert.is(asked(), 4);
  isNotOff = false;
  await clock.advance(90_000);
  assert.is(asked(), 4);
  stop.abort();
  await running;
});

test.run();
