/** Modems that the box maintains, over a virtual clock. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../../daemon/config/file.ts';
import type { BoxEvent } from '../../../../daemon/model/commands.ts';
import type { BoxSnapshot, ModemMaintenance } from '../../../../daemon/model/snapshot.ts';
import { maintainModems } from '../../../../daemon/modems/maintenance.ts';
import type { ModemState, Modems } from '../../../../hal/modem/port.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { until } from '../../../support/box.ts';
import { link, WELL } from '../../../support/snapshot.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

export const never = new AbortController().signal;

export const MODEM: ModemState = {
  id: '861',
  model: 'EM7455',
  registration: 'connected',
  technology: 'lte',
  sim: 'ready',
  interfaceName: 'wwan0',
  addresses: ['10.0.0.2'],
};
export const OTHER: ModemState = { ...MODEM, id: '862', interfaceName: 'wwan1', addresses: [] };
export const TWO_LINKS =
  'uplink: {host: h, port: 1, links: [{id: 5g, device: wwan0}, {id: lte, device: wwan1}]}';

export type Box = Pick<BoxSnapshot, 'modems' | 'uplink' | 'children' | 'system'>;

export const idle = (...modems: readonly ModemState[]): Box => ({
  modems: { phase: 'known', modems },
  uplink: undefined,
  children: {},
  system: undefined,
});

export type LinkState = Parameters<typeof link>[1];

/** On air over two links. */
export function live(first: LinkState, second: LinkState, change: Partial<ModemState> = {}): Box {
  const { uplink, children, system } = WELL;
  assert.ok(uplink?.bond);
  const bond = { ...uplink.bond, links: [link('5g', first), link('lte', second)] };
  const modems = [{ ...MODEM, ...change }, OTHER];
  return { modems: { phase: 'known', modems }, uplink: { ...uplink, bond }, children, system };
}

export interface Options {
  readonly yaml?: string;
  readonly canPower?: boolean;
  readonly act?: Modems['act'];
}

/** The daemon's task, in front of modems that only hear. */
export async function maintain(first: Box, options: Options = {}) {
  const clock = new VirtualClock();
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-care-'));
  const stop = new AbortController();
  const acts: [atS: number, id: string, action: string][] = [];
  const events: BoxEvent[] = [];
  const sims: (readonly [link: string, bytes: number, month: string])[] = [];
  let box = first;
  let care: readonly ModemMaintenance[] | undefined;
  const run = maintainModems(
    {
      config: parseConfig('x', options.yaml ?? TWO_LINKS, []),
      modems: {
        canPower: options.canPower ?? false,
        act: async (id, action, signal) => {
          acts.push([Math.round(clock.monotonicMs() / 1000), id, action]);
          await options.act?.(id, action, signal);
        },
        sendPin: async () => {},
      },
      snapshot: () => box,
      dataUse: { noteSim: (...noted) => sims.push(noted) },
      stateFolder: folder,
      onMaintenance: (now) => {
        care = now;
      },
      onEvent: (event) => events.push(event),
      clock,
      log: silentLog,
    },
    stop.signal,
  );
  await until(() => care !== undefined, 30_000);
  return {
    sims,
    acts,
    actions: () => acts.map(([, , action]) => action),
    events,
    care: () => care,
    set: (next: Box) => {
      box = next;
    },
    pass: (seconds: number) => pass(clock, seconds),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await run;
      await rm(folder, { recursive: true });
    },
  };
}

export async function pass(clock: VirtualClock, seconds: number): Promise<void> {
  for (let s = 0; s < seconds; s += 1) {
    await clock.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export const searching = { ...MODEM, registration: 'searching' } as const;
