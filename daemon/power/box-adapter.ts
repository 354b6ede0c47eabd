/** What the power policy reads of a box, and does to it. */
import type { Battery } from '../../hal/battery/port.ts';
import { hasLook } from '../config/capture.ts';
import type { Config } from '../config/config.ts';
import { type Sheddable, shedLoadsOf } from '../media/loads.ts';
import type { MediaPath } from '../media/media-path.ts';
import { suspensionIn } from '../media/sheddable.ts';
import type { DropFaults, DropState, PowerPhase } from '../model/snapshot.ts';
import type { BoxState } from '../model/state-store.ts';
import { type PowerDeps, plannedEnd } from './run.ts';

interface Box extends Pick<PowerDeps, 'onEvent' | 'clock' | 'log'> {
  /** The config that is in force. */
  readonly live: { current(): Config };
  readonly source: { readonly sheddable: (config: Config) => Sheddable };
  readonly devices: { readonly battery: Battery };
  readonly drop: {
    state(): DropState;
    faults(): DropFaults;
    apply(event: { readonly kind: 'power'; readonly phase: PowerPhase }): unknown;
  };
  readonly drops: { present(): Config['drop'] };
  readonly mediaPath: Pick<MediaPath, 'suspend'>;
  readonly state: BoxState;
}

export function powerOf(box: Box): PowerDeps {
  const { live, source, devices, drop, drops, mediaPath, state, ...os } = box;
  const sheddable = () => source.sheddable(live.current());
  return {
    ...os,
    battery: devices.battery,
    settings: () => ({
      ...plannedEnd(live.current(), drops.present(), drop.state()),
      isNotOff: drop.faults().notPoweredOff !== undefined,
    }),
    onBattery: (battery) => state.set({ battery }),
    shedLoadsIn: (power) =>
      shedLoadsOf(power, { ...sheddable(), hasLook: hasLook(drops.present().look) }),
    onPhase: (power, shedLoads) => {
      state.set({ power, shedLoads });
      mediaPath.suspend(suspensionIn(power, sheddable()));
      drop.apply({ kind: 'power', phase: power });
    },
  };
}
