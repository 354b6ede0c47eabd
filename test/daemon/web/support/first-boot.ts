/** A box that nobody has set up: its hotspot by a substitute NetworkManager, its page in front. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkValues } from '../../../../daemon/config/form/faults.ts';
import { openFirstBoot } from '../../../../daemon/first-boot/open.ts';
import { type Clock, systemClock } from '../../../../hal/os/clock.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { openNetworkManager } from '../../../../hal/wifi/network-manager.ts';
import { until } from '../../../support/box.ts';
import {
  type FakeNetwork,
  startFakeNetworkManager,
} from '../../../support/dbus/network-manager.ts';
import { startBus } from '../../../support/dbus/private-bus.ts';
import { freePort } from '../../../support/free-port.ts';
import { startFakeBox } from './fake-box.ts';
import { fakeSnapshot } from './fake-snapshot.ts';

/** Pauses are short; limits of time are not. */
const PAUSES_MS = [500, 2_500, 4_000];
const clock: Clock = {
  ...systemClock,
  monotonicMs: () => systemClock.monotonicMs() * 50,
  sleep: (ms, signal) => systemClock.sleep(PAUSES_MS.includes(ms) ? ms / 50 : ms, signal),
};

const DEVICES = {
  cameras: [{ driver: 'v4l2', device: 'usb-Cam-Link-4K', name: 'Cam Link 4K' }],
  sounds: [{ device: 'hw:CARD=Device,DEV=0', name: 'USB Audio Device' }],
};

/** Its loopback address is that of the hotspot. */
export async function startNewBox(networks: readonly FakeNetwork[]) {
  const bus = await startBus();
  const fake = await startFakeNetworkManager(bus.address, networks);
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-first-boot-'));
  const checked = checkValues({});
  if ('faults' in checked) throw new Error('the defaults have faults');
  const stop = new AbortController();
  const wanted: boolean[] = [];
  const portal = { address: '127.0.0.1', port: await freePort() };
  const at = { restarts: 0 };
  const firstBoot = await openFirstBoot(checked.config, {
    live: { current: () => checked.config },
    ...{ stateFolder: folder, portal },
    mediaPath: {
      ...{ endedLeftMs: () => 0, leadPhones: () => undefined },
      setHidden: ({ isCapturing }) => void wanted.push(isCapturing),
    },
    state: { set: () => undefined },
    snapshot: () => ({ ...fakeSnapshot(), drop: { phase: 'idle', sinceMs: 0 } }),
    print: async () => ({ status: 'done', detail: 'printed' }),
    settings: {
      restartForPending: () => {
        at.restarts += 1;
      },
    },
    network: openNetworkManager(clock, bus.address),
    findDevices: async () => DEVICES,
    ...{ untilEnd: stop.signal, clock, log: silentLog },
  });
  const ended = firstBoot.run(stop.signal);
  const box = await startFakeBox({ config: { pin_hash: '' }, deps: { firstBoot } });
  box.set({ drop: { phase: 'idle', sinceMs: 0 } });
  await until(() => firstBoot.hotspot.isOpen, 60_000);
  return {
    ...{ box, fake, firstBoot, folder, portal, at },
    /** Whether camera and sound were wanted, each time that it changed. */
    wanted,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended;
      await box[Symbol.asyncDispose]();
      fake.stop();
      await bus.stop();
      await rm(folder, { recursive: true });
    },
  };
}
