/** Tests of the panel's buttons and lamps. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { panelSchema } from '../../../daemon/config/panel.ts';
import type { Outcome } from '../../../daemon/model/commands.ts';
import type { DropPhase } from '../../../daemon/model/snapshot.ts';
import { openPanelDevices } from '../../../daemon/panel/devices.ts';
import { commandOf } from '../../../daemon/panel/presses.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { startPanel } from './support/panel.ts';

const test = suite('panel');
const PHASES: readonly DropPhase[] = ['idle', 'preflight', 'armed', 'live', 'ending', 'fault'];

const press = (length: 'short' | 'hold' | 'very-long', ...buttons: string[]) =>
  ({ kind: 'press', buttons, length, atMs: 0 }) as const;
const verbs = (length: 'short' | 'hold' | 'very-long', ...buttons: string[]) =>
  PHASES.map((phase) => commandOf(press(length, ...buttons), phase)?.verb ?? '-');

test('a short press arms or takes it back, a hold goes live or ends', () => {
  assert.equal(verbs('short', 'drop'), ['arm', 'disarm', 'disarm', '-', '-', 'arm']);
  assert.equal(verbs('hold', 'drop'), ['go-live', 'go-live', 'go-live', 'end', '-', 'go-live']);
});

test('a very long hold shuts down in every phase; mark marks, and held asks for no command', () => {
  assert.equal(new Set(verbs('very-long', 'drop')), new Set(['shut-down']));
  assert.equal(new Set(verbs('short', 'mark')), new Set(['mark']));
  assert.equal(new Set(verbs('hold', 'mark')), new Set(['-']));
});

test('two buttons at once, and a button of somebody else, ask for nothing', () => {
  assert.equal(new Set(verbs('hold', 'drop', 'mark')), new Set(['-']));
  assert.equal(new Set(verbs('short', 'other')), new Set(['-']));
});

test('a press holds only for the phase that the lamp showed', () => {
  assert.is(commandOf(press('hold', 'drop'), 'armed')?.expect, 'armed');
  assert.is(commandOf(press('very-long', 'drop'), 'armed')?.expect, undefined);
});

test('each lamp shows its rhythm, and follows the box within half a second', async () => {
  await using panel = startPanel();
  await panel.clock.advance(2_000);
  const idle = await panel.watch('on-air', 4_000);
  assert.is(idle.replaceAll('.', '').length, 4, `two winks: ${idle}`);
  panel.set({ drop: { phase: 'live', sinceMs: 0 } });
  await panel.clock.advance(500);
  assert.not.match(await panel.watch('on-air', 2_000), /\./);
  panel.set({ media: undefined });
  await panel.clock.advance(500);
  const flicker = await panel.watch('on-air', 1_000);
  assert.ok(flicker.match(/#+/g)?.length === 5, flicker);
});

test('presses reach the commander, and reaching the hold is answered by the lamp', async () => {
  await using panel = startPanel();
  await panel.clock.advance(2_000);
  panel.gpio.press('drop');
  await panel.clock.advance(200);
  panel.gpio.release('drop');
  await panel.clock.advance(200);
  assert.equal(panel.commands, ['arm']);
  panel.gpio.press('drop');
  await panel.clock.advance(3_400);
  const flicker = await panel.watch('on-air', 1_000);
  assert.ok((flicker.match(/#+/g)?.length ?? 0) >= 4, flicker);
  panel.gpio.release('drop');
  await panel.clock.advance(1_000);
  assert.equal(panel.commands, ['arm', 'go-live']);
  panel.gpio.press('mark');
  await panel.clock.advance(100);
  panel.gpio.release('mark');
  panel.gpio.press('drop');
  await panel.clock.advance(11_000);
  assert.equal(panel.commands, ['arm', 'go-live', 'mark', 'shut-down']);
});

test('a press that asks for nothing, or is refused, is answered by three flashes', async () => {
  const refused: Outcome = { status: 'rejected', code: 'WRONG_PHASE', detail: 'no' };
  await using panel = startPanel(async () => refused);
  await panel.clock.advance(2_000);
  panel.gpio.press('mark');
  await panel.clock.advance(50);
  panel.gpio.release('mark');
  const seen = await panel.watch('on-air', 800);
  assert.ok((seen.match(/#+/g)?.length ?? 0) >= 2, seen);
});

test('a mark or a shut-down that fails is answered too, an arming that another press took back is not', async () => {
  const failed = (code: string): Outcome => ({ status: 'failed', code, detail: 'no' });
  for (const [outcome, isAnswered] of [
    [failed('NOT_DONE'), true],
    [failed('OVERTAKEN'), false],
  ] as const) {
    await using panel = startPanel(async () => outcome);
    await panel.clock.advance(2_000);
    panel.gpio.press('mark');
    await panel.clock.advance(50);
    panel.gpio.release('mark');
    const seen = await panel.watch('on-air', 800);
    assert.is((seen.match(/#+/g)?.length ?? 0) >= 2, isAnswered, seen);
  }
});

/** A command that takes as long as the box runs. */
function endless(signal: AbortSignal): Promise<Outcome> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

test('presses without end do not pile up commands', async () => {
  await using panel = startPanel(endless);
  await panel.clock.advance(2_000);
  for (let i = 0; i < 10; i += 1) {
    panel.gpio.press('mark');
    await panel.clock.advance(100);
    panel.gpio.release('mark');
    await panel.clock.advance(100);
  }
  assert.is(panel.commands.length, 4);
});

test('a commander that throws does not end the panel', async () => {
  await using panel = startPanel(() => Promise.reject(new Error('broken')));
  await panel.clock.advance(2_000);
  for (let i = 0; i < 2; i += 1) {
    panel.gpio.press('mark');
    await panel.clock.advance(100);
    panel.gpio.release('mark');
    await panel.clock.advance(100);
  }
  assert.equal(panel.commands, ['mark', 'mark']);
});

test('a chip that is unplugged and back goes on with lamps and buttons', async () => {
  await using panel = startPanel();
  await panel.clock.advance(2_000);
  assert.equal(panel.away(), []);
  panel.gpio.unplug();
  await panel.clock.advance(5_000);
  assert.equal(panel.away(), ['buttons', 'links', 'on-air', 'power', 'recording', 'sound']);
  panel.gpio.replug();
  panel.set({ drop: { phase: 'live', sinceMs: 0 } });
  await panel.clock.advance(5_000);
  assert.is(panel.gpio.lamp('on-air'), true);
  assert.equal(panel.away(), []);
  panel.gpio.press('drop');
  await panel.clock.advance(4_000);
  panel.gpio.release('drop');
  await panel.clock.advance(500);
  assert.equal(panel.commands, ['end']);
});

test('lamps go out when the box ends', async () => {
  let panel = startPanel();
  panel.set({ drop: { phase: 'live', sinceMs: 0 } });
  await panel.clock.advance(1_000);
  assert.is(panel.gpio.lamp('on-air'), true);
  const { gpio } = panel;
  await panel[Symbol.asyncDispose]();
  assert.is.not(gpio.lamp('on-air'), true);
  panel = startPanel();
  await panel[Symbol.asyncDispose]();
});

test('a box without a panel has lamps that show nothing and buttons that are never pressed', async () => {
  const clock = new VirtualClock();
  const config = v.parse(panelSchema, { driver: 'none' });
  await using devices = openPanelDevices(config, undefined, { clock, log: silentLog });
  assert.is(devices.inputs.driver, 'absent');
  assert.is(devices.lamps.power.driver, 'absent');
});

test('MARK held for three seconds opens sign-in, once and without a clip or a refusal', async () => {
  await using panel = startPanel();
  await panel.clock.advance(2_000);
  panel.gpio.press('mark');
  await panel.clock.advance(2_500);
  assert.equal(panel.commands, []);
  await panel.clock.advance(1_000);
  assert.equal(panel.commands, ['open sign-in']);
  assert.ok(((await panel.watch('on-air', 500)).match(/#+/g)?.length ?? 0) >= 2);
  panel.gpio.release('mark');
  await panel.clock.advance(1_000);
  // Longer than a very long hold.
  panel.gpio.press('mark');
  await panel.clock.advance(15_000);
  panel.gpio.release('mark');
  await panel.clock.advance(1_000);
  assert.equal(panel.commands, ['open sign-in', 'open sign-in']);
  panel.gpio.press('mark');
  await panel.clock.advance(100);
  panel.gpio.release('mark');
  await panel.clock.advance(1_000);
  assert.is(panel.commands.at(-1), 'mark');
});

test('with two cameras a double press of MARK switches them, and a single one still marks', async () => {
  await using panel = startPanel();
  await panel.clock.advance(2_000);
  panel.set({
    sources: {
      camera: {
        phase: 'live',
        framesPerS: 30,
        repeatedTotal: 0,
        second: { framesPerS: 30, isOnAir: false },
      },
    },
  });
  const tap = async (pauseMs: number) => {
    panel.gpio.press('mark');
    await panel.clock.advance(100);
    panel.gpio.release('mark');
    await panel.clock.advance(pauseMs);
  };
  await tap(1_000);
  assert.equal(panel.commands, ['mark']);
  await tap(150);
  await tap(1_000);
  assert.equal(panel.commands, ['mark', 'camera']);
});

test.run();
