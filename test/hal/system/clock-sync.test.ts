/** Whether the clock is synchronised, where the kernel may not be asked. */
import dbus from '@particle/dbus-next';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import { closeBus } from '../../../hal/os/dbus.ts';
import { openClockSync } from '../../../hal/system/clock-sync.ts';
import { startBus } from '../../support/dbus/private-bus.ts';

const test = suite('clock, by systemd-timedated');
const never = new AbortController().signal;
const forbidden = () => ({ phase: 'unknown' }) as const;

/** A private bus with a systemd-timedated whose answer is set. */
async function startTimedated() {
  const privateBus = await startBus();
  const { address } = privateBus;
  const bus = dbus.sessionBus({ busAddress: address });
  bus.on('error', () => undefined);
  await bus.requestName('org.freedesktop.timedate1', 0);
  const asked: string[] = [];
  const timedated = { address, asked, isSynchronised: true };
  bus.on('message', (message: dbus.Message) => {
    if (message.type !== dbus.MessageType.METHOD_CALL) return;
    asked.push(`${message.path} ${message.member}(${message.body.join()})`);
    const value = new dbus.Variant('b', timedated.isSynchronised);
    bus.send(dbus.Message.newMethodReturn(message, 'v', [value]));
  });
  return Object.assign(timedated, {
    [Symbol.asyncDispose]: async () => {
      closeBus(bus);
      await privateBus.stop();
    },
  });
}

test('systemd-timedated is asked once a minute, and more often until the clock is synchronised', async () => {
  await using timedated = await startTimedated();
  let skippedMs = 0;
  const clock = { ...systemClock, monotonicMs: () => skippedMs };
  const read = openClockSync(clock, forbidden, timedated.address);
  timedated.isSynchronised = false;
  assert.equal(await read(never), { phase: 'free' });
  timedated.isSynchronised = true;
  assert.equal(await read(never), { phase: 'free' });
  skippedMs += 10_000;
  assert.equal(await read(never), { phase: 'synchronised' });
  timedated.isSynchronised = false;
  skippedMs += 59_000;
  assert.equal(await read(never), { phase: 'synchronised' });
  skippedMs += 1_000;
  assert.equal(await read(never), { phase: 'free' });
  assert.equal(
    timedated.asked,
    Array(3).fill('/org/freedesktop/timedate1 Get(org.freedesktop.timedate1,NTPSynchronized)'),
  );
});

test('the kernel’s word comes first, and without both it is unknown', async () => {
  const kernels = { phase: 'synchronised', maxErrorMs: 3 } as const;
  const nowhere = 'unix:path=/nowhere/bus';
  assert.equal(await openClockSync(systemClock, () => kernels, nowhere)(never), kernels);
  assert.equal(await openClockSync(systemClock, forbidden, nowhere)(never), { phase: 'unknown' });
});

test.run();
