/** A box whose children report each second, watched by the real rules. */
import { openHealth } from '../../../../daemon/health/run.ts';
import type { BoxEvent } from '../../../../daemon/model/commands.ts';
import type { BoxSnapshot } from '../../../../daemon/model/snapshot.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import type { TargetFailure } from '../../../../pipelines/recording/settings.ts';
import { figures, link, recordingTo, WELL } from '../../../support/snapshot.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

export type Change = Partial<BoxSnapshot>;
type Printer = Extract<BoxSnapshot['printer'], { phase: 'known' }>;

export const uplink = WELL.uplink as NonNullable<BoxSnapshot['uplink']>;
export const bond = uplink.bond as NonNullable<(typeof uplink)['bond']>;
const system = WELL.system as NonNullable<BoxSnapshot['system']>;
const throttling = system.throttling as NonNullable<(typeof system)['throttling']>;
export const running = { phase: 'running', restartsTotal: 0 } as const;

export const peaks = (...peakDbfs: number[]): Change => ({
  levels: { peakDbfs, rmsDbfs: peakDbfs },
});
export const links = (...states: readonly ('active' | 'stalled')[]): Change => ({
  uplink: {
    ...uplink,
    bond: { ...bond, links: states.map((state, i) => link(`wwan${i}`, state)) },
  },
});
export const machine = (change: Partial<typeof system>): Change => ({
  system: { ...system, ...change },
});
export const supply = (change: Partial<typeof throttling>): Change =>
  machine({ throttling: { ...throttling, ...change } });
export const battery = (
  change: Partial<Extract<BoxSnapshot['battery'], { phase: 'known' }>>,
): Change => ({
  battery: { phase: 'known', source: 'x', chargePct: 80, mains: 'off', ...change },
});
export const printer = (change: Partial<Printer>): Change => ({
  printer: { phase: 'known', isOnline: true, paper: 'ok', isCoverOpen: false, ...change },
});
export const child = (
  name: string,
  change: Partial<BoxSnapshot['children'][string]>,
): BoxSnapshot['children'] => ({ ...WELL.children, [name]: { ...running, ...change } });
export const failedBy = (failure: TargetFailure, id = 'usb') => ({
  ...recordingTo(id, 'failed'),
  failure,
});

function copies({ uplink, levels, media }: Change): Change {
  return {
    ...(uplink && { uplink: { ...uplink } }),
    ...(levels && { levels: { ...levels } }),
    ...(media && { media: { ...media } }),
  };
}

export function watch(first: Change = {}) {
  const clock = new VirtualClock();
  const events: BoxEvent[] = [];
  let change: Change = first;
  let isFrozen = true;
  let isMediaAlive = true;
  let media = figures();
  const snapshot = (): BoxSnapshot => {
    if (isMediaAlive) media = { ...media, partsTotal: media.partsTotal + 5 };
    return {
      ...WELL,
      media,
      levels: { ...WELL.levels } as never,
      uplink: { ...uplink },
      ...change,
      ...(isFrozen ? {} : copies(change)),
    };
  };
  const health = openHealth({
    snapshot,
    clock,
    log: silentLog,
    onEvent: (event) => events.push(event),
  });
  const stop = new AbortController();
  const run = health.run(stop.signal);
  return {
    clock,
    events,
    health,
    keys: () => health.warnings().map(({ key }) => key),
    /** From now on, with new reports each second. */
    set: (next: Change) => {
      change = next;
      isFrozen = false;
    },
    /** From now on, with the same old reports. */
    freeze: (next: Change) => {
      change = next;
      isFrozen = true;
    },
    stallMedia: () => {
      isMediaAlive = false;
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await run;
    },
  };
}
