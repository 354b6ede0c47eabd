/** Tests a simulated box from power-on to shutdown. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { panelSchema } from '../../daemon/config/panel.ts';
import { openCommander } from '../../daemon/drop/commander.ts';
import { openDrop } from '../../daemon/drop/machine.ts';
import { openHealth } from '../../daemon/health/run.ts';
import { shedLoadsOf } from '../../daemon/media/loads.ts';
import type { BoxEvent } from '../../daemon/model/commands.ts';
import type { BoxSnapshot, PowerPhase } from '../../daemon/model/snapshot.ts';
import { openPanelDevices } from '../../daemon/panel/devices.ts';
import { runPanel } from '../../daemon/panel/run.ts';
import { runPower } from '../../daemon/power/run.ts';
import type { BatteryState } from '../../hal/battery/port.ts';
import { openSimulatedBattery } from '../../hal/battery/simulated.ts';
import { openSimulatedGpio } from '../../hal/gpio/simulated.ts';
import { silentLog } from '../../hal/os/log.ts';
import { runAll } from '../../hal/os/task.ts';
import { figures, WELL } from '../support/snapshot.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const test = suite('an evening');

const SHEDDABLE = {
  hasLook: false,
  hasPreviews: true,
  hasLamps: true,
  hasPrinter: true,
  renditions: ['high', 'low'],
  sharedRenditions: [],
  uplinkBps: undefined,
};

/** Buttons, lamps, battery, warnings and machine together, over children that are made up. */
async function startBox() {
  const clock = new VirtualClock();
  const os = { clock, log: silentLog };
  const gpio = openSimulatedGpio(clock);
  const devices = openPanelDevices(v.parse(panelSchema, {}), gpio.driver, os);
  const pack = openSimulatedBattery({
    clock,
    capacityMah: 2_000,
    drawMa: 2_000,
    chargeMa: 500,
    startPct: 90,
  });
  const events: BoxEvent[] = [];
  const did: string[] = [];
  let battery: BatteryState = { phase: 'absent' };
  let power: PowerPhase = 'normal';
  let isCapturing = false;
  let isDown = false;
  const onEvent = (event: BoxEvent) => events.push(event);
  const snapshot = (): BoxSnapshot => ({
    ...WELL,
    children: {
      ...WELL.children,
      capture: {
        phase: isDown ? 'pausing' : isCapturing ? 'running' : 'stopped',
        restartsTotal: 0,
      },
    },
    media: figures({ isFlowing: isCapturing && !isDown, partsTotal: clock.monotonicMs() }),
    levels: isCapturing && !isDown ? { peakDbfs: [-12, -12], rmsDbfs: [-20, -20] } : undefined,
    uplink: { ...(WELL.uplink as NonNullable<BoxSnapshot['uplink']>) },
    drop: drop.state(),
    battery,
    power,
    warnings: health.warnings(),
  });
  const health = openHealth({ ...os, snapshot: () => snapshot(), onEvent });
  const drop = await openDrop({
    ...os,
    stateFile: join(await mkdtemp(join(tmpdir(), 'venuebox-evening-')), 'drop.json'),
    start: 'idle',
    resumeWithinS: 1_800,
    snapshot,
    onEvent,
    effects: {
      setCapturing: (isWanted) => {
        isCapturing = isWanted;
      },
      beginDrop: async () => void did.push('begin'),
      endDrop: async () => void did.push('end'),
      mark: async () => void did.push('mark'),
      powerOff: async () => void did.push('power off'),
    },
  });
  const print = () => Promise.reject(new Error('there is no printer'));
  const commander = openCommander({
    switchCamera: () => ({ status: 'done', detail: '' }),
    overlay: () => ({ status: 'done', detail: '' }),
    order: async () => ({ status: 'done', detail: '' }),
    drops: async () => ({ status: 'done', detail: '' }),
    update: async () => ({ status: 'done', detail: '' }),
    drop,
    snapshot,
    print,
  });
  const stop = new AbortController();
  const running = runAll(
    [
      drop.run,
      health.run,
      (signal) => runPanel({ ...devices, ...os, snapshot, commander }, signal),
      (signal) =>
        runPower(
          {
            ...os,
            battery: pack.battery,
            settings: () => ({}),
            onBattery: (state) => {
              battery = state;
            },
            shedLoadsIn: (phase) => shedLoadsOf(phase, SHEDDABLE),
            onPhase: (phase, resting) => {
              power = phase;
              assert.equal(resting, shedLoadsOf(phase, SHEDDABLE));
              drop.apply({ kind: 'power', phase });
            },
            onEvent,
          },
          signal,
        ),
    ],
    stop.signal,
  );
  /** Lets time pass in steps, since files are written in real time. */
  const pass = async (ms: number) => {
    for (let passedMs = 0; passedMs < ms; passedMs += 1_000) {
      await clock.advance(Math.min(1_000, ms - passedMs));
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await pass(2_000);
  return {
    did,
    events,
    pack,
    pass,
    phase: () => drop.state().phase,
    warnings: () => health.warnings().map(({ key }) => key),
    setDown: (next: boolean) => {
      isDown = next;
    },
    press: async (name: string, ms: number) => {
      gpio.press(name);
      await pass(ms);
      gpio.release(name);
      await pass(500);
    },
    /** How many times a lamp lights up in four seconds, or whether it is steady. */
    look: async (name: string): Promise<number | 'steady' | 'dark'> => {
      let flashes = 0;
      let lit = 0;
      let before = gpio.lamp(name);
      for (let i = 0; i < 80; i += 1) {
        await clock.advance(50);
        const now = gpio.lamp(name);
        if (now === true) lit += 1;
        if (now === true && before !== true) flashes += 1;
        before = now;
      }
      if (lit === 80) return 'steady';
      return lit === 0 ? 'dark' : flashes;
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
      await devices[Symbol.asyncDispose]();
    },
  };
}

test('from plug-in to shutdown by button presses alone', async () => {
  await using box = await startBox();
  assert.is(box.phase(), 'idle');
  assert.is(await box.look('on-air'), 2, 'two winks');
  await box.press('drop', 200);
  assert.is(box.phase(), 'preflight');
  await box.pass(4_000);
  assert.is(box.phase(), 'armed');
  assert.ok(Number(await box.look('on-air')) >= 4, 'double flashes');
  await box.press('drop', 3_500);
  assert.is(box.phase(), 'live');
  await box.pass(2_000);
  assert.is(await box.look('on-air'), 'steady');
  await box.press('drop', 200);
  assert.is(box.phase(), 'live', 'a short press ends nothing');
  await box.press('mark', 200);
  await box.press('drop', 3_500);
  await box.pass(1_000);
  assert.is(box.phase(), 'idle');
  await box.press('drop', 11_000);
  // It waits for the disk, whose time is real.
  while (!box.did.includes('power off')) await box.pass(100);
  assert.equal(box.did, ['begin', 'mark', 'end', 'power off']);
});

test('a camera that goes on air is warned of, shown, and forgotten when it is back', async () => {
  await using box = await startBox();
  await box.press('drop', 3_500);
  await box.pass(4_000);
  assert.is(box.phase(), 'live');
  box.setDown(true);
  await box.pass(4_000);
  assert.equal(box.warnings(), ['capture-down']);
  assert.ok(Number(await box.look('on-air')) > 10, 'it flickers');
  box.setDown(false);
  await box.pass(6_000);
  assert.equal(box.warnings(), []);
  assert.is(await box.look('on-air'), 'steady');
  assert.is(box.phase(), 'live');
});

test('a battery that runs down on air ends the drop and the machine in time', async () => {
  await using box = await startBox();
  await box.press('drop', 3_500);
  await box.pass(4_000);
  box.pack.setMains(false);
  await box.pass(3_600_000 * 0.9);
  assert.equal(box.did, ['begin', 'end', 'power off']);
  const phases = box.events.filter(({ type }) => type === 'power.phase');
  assert.equal(
    phases.map(({ data }) => data['to']),
    ['saving', 'last-minutes', 'shut-down'],
  );
  assert.ok(box.warnings().includes('battery-empty'));
});

test.run();
