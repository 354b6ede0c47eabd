/** A box with a list of coming drops, on a clock that a test drives. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import type { Config } from '../../../../daemon/config/config.ts';
import { dropSchema, ordersSchema } from '../../../../daemon/config/drop.ts';
import { uplink as uplinkSchema } from '../../../../daemon/config/uplink.ts';
import { openDrops } from '../../../../daemon/drops/open.ts';
import type { BoxEvent, Outcome } from '../../../../daemon/model/commands.ts';
import type { DropState } from '../../../../daemon/model/snapshot.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import type { DropOnPage } from '../../../../pipelines/player/drop-json.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const START_MS = Date.UTC(2026, 11, 4, 18);
export const LIST = `- id: friday
  title: Friday Duo
  starts_at: 2026-12-04T20:00:00Z
  picture_file: duo.jpg
- id: sunday
  title: Sunday Matinee
  starts_at: 2026-12-06T11:00:00Z
`;

export const newFolder = async (list: string | undefined = LIST) => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-drops-'));
  if (list !== undefined) await writeFile(join(folder, 'drops.yaml'), list);
  return folder;
};

/** A box on that folder, until it is disposed of. */
export async function startBox(
  folder: string,
  first: DropState = { phase: 'idle', sinceMs: 0 },
  kept?: string,
  checkoutHosts: readonly string[] = ['shop.example.org'],
) {
  const clock = new VirtualClock(START_MS);
  let config = {
    drop: v.parse(dropSchema, {
      title: 'Live',
      reactions: false,
      overlay: { hosts: ['band.example.org'] },
    }),
    orders: v.parse(ordersSchema, { checkout_hosts: checkoutHosts }),
    uplink: undefined as Config['uplink'],
  };
  const drops = await openDrops(() => config, { stateFolder: folder, clock, log: silentLog });
  const stop = new AbortController();
  const pages: DropOnPage[] = [];
  let state = first;
  const mediaPath = { showDrop: (page: DropOnPage) => void pages.push(page) };
  const drop = { state: () => state, kept: () => kept };
  const snapshot = () => ({ system: undefined });
  const running = drops.run({ drop, mediaPath, snapshot }, stop.signal);
  const note = (type: BoxEvent['type'], data: Record<string, unknown>) =>
    drops.record({ type, severity: 'info', atMs: clock.wallMs(), data });
  return {
    drops,
    set: (changes: Partial<(typeof config)['drop']>) => {
      config = { ...config, drop: { ...config.drop, ...changes } };
    },
    setCheckoutHosts: (hosts: readonly string[]) => {
      config = { ...config, orders: { ...config.orders, checkout_hosts: [...hosts] } };
    },
    setDestinations: (ids: readonly string[]) => {
      const destinations = ids.map((id) => ({
        id,
        kind: 'srt',
        host: 'far.example.org',
        port: 9_000,
      }));
      config = { ...config, uplink: v.parse(uplinkSchema, { destinations }) };
    },
    enter: (phase: 'idle' | 'armed') => {
      state = { phase, sinceMs: clock.wallMs() };
    },
    clock,
    note,
    page: () => pages.at(-1),
    phases: () => drops.state().list.map(({ id, phase }) => `${id} ${phase}`),
    run: (args: Record<string, unknown>, isDryRun = false): Promise<Outcome> =>
      drops.command({ verb: 'drops', args, by: 'mqtt', isDryRun }),
    goLive: (run: string) => {
      state = { phase: 'live', sinceMs: clock.wallMs(), dropId: run };
      note('drop.live', { dropId: run, isResumed: false });
      note('drop.first-frame', { dropId: run });
    },
    end: (run: string, isByPower = false) => {
      state = { phase: 'idle', sinceMs: clock.wallMs(), dropId: run };
      note('drop.ended', { dropId: run, isByPower });
    },
    /** The file is read again within a second. */
    settle: async (isSettled: () => boolean) => {
      for (let i = 0; i < 600 && !isSettled(); i += 1) {
        await clock.advance(1_000);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      assert.ok(isSettled());
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}
