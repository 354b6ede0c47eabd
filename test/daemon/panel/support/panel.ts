/** A panel on simulated hardware. */
import * as v from 'valibot';
import { panelSchema } from '../../../../daemon/config/panel.ts';
import type { Command, Commander, Outcome } from '../../../../daemon/model/commands.ts';
import type { BoxSnapshot } from '../../../../daemon/model/snapshot.ts';
import { openPanelDevices } from '../../../../daemon/panel/devices.ts';
import { runPanel } from '../../../../daemon/panel/run.ts';
import { openSimulatedGpio } from '../../../../hal/gpio/simulated.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { WELL } from '../../../support/snapshot.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

/** A panel on simulated hardware over a box that a test sets. */
export function startPanel(answer: (signal: AbortSignal) => Promise<Outcome> = done) {
  const clock = new VirtualClock();
  const gpio = openSimulatedGpio(clock);
  const config = v.parse(panelSchema, {});
  const devices = openPanelDevices(config, gpio.driver, { clock, log: silentLog });
  const commands: string[] = [];
  let box: BoxSnapshot = { ...WELL, drop: { phase: 'idle', sinceMs: 0 } };
  const commander: Commander = {
    run: async (command: Command, _onProgress, signal) => {
      commands.push(command.verb);
      return answer(signal);
    },
  };
  const stop = new AbortController();
  const away = new Map<string, string>();
  const stuck: string[][] = [];
  const onAway = (part: string, reason: string | undefined) => {
    if (reason === undefined) away.delete(part);
    else away.set(part, reason);
  };
  const onStuck = (buttons: readonly string[]) => void stuck.push([...buttons]);
  const onMarkHeld = () => void commands.push('open sign-in');
  const deps = {
    ...devices,
    commander,
    onAway,
    onStuck,
    onMarkHeld,
    clock,
    log: silentLog,
    snapshot: () => box,
  };
  const running = runPanel(deps, stop.signal);
  return {
    clock,
    gpio,
    commands,
    /** Buttons that were down without being pressed, each time that it changed. */
    stuck: () => stuck,
    /** Parts that do not answer. */
    away: () => [...away.keys()].toSorted(),
    set: (change: Partial<BoxSnapshot>) => {
      box = { ...box, ...change };
    },
    /** Times at which a lamp changed, over a while. */
    async watch(lamp: string, ms: number): Promise<string> {
      let seen = '';
      for (let atMs = 0; atMs < ms; atMs += 50) {
        await clock.advance(50);
        seen += gpio.lamp(lamp) ? '#' : '.';
      }
      return seen;
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
      await devices[Symbol.asyncDispose]();
    },
  };
}

async function done(): Promise<Outcome> {
  return { status: 'done', detail: '' };
}
