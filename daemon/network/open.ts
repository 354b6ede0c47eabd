/** Opens what keeps the box's networks for guests and crew. */

import { openNetworkHelper } from '../../hal/network/client.ts';
import { untilAborted } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import type { ClockAndLog } from '../../hal/os/log.ts';
import { WantedRestart } from '../../hal/os/supervise.ts';
import type { Task } from '../../hal/os/task.ts';
import { openNetworkManager } from '../../hal/wifi/network-manager.ts';
import type { Network } from '../../hal/wifi/port.ts';
import type { Config } from '../config/config.ts';
import type { DataUseStore } from '../media/data-use-store.ts';
import type { OwnNetwork } from '../model/hotspot.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { overBudgetDevices } from './over-budget.ts';
import { runOwnNetworks } from './own-networks.ts';
import { closeStaleNetworks } from './stale-networks.ts';
import { wantedNetworks } from './wanted.ts';

interface Box extends ClockAndLog {
  readonly state: {
    set(change: { readonly networks: readonly OwnNetwork[] | undefined }): void;
  };
  readonly firstBoot: {
    readonly isWanted: boolean;
    readonly setUp: { readonly isFinished: boolean };
  };
  readonly dataUse: DataUseStore;
  readonly snapshot: () => Pick<BoxSnapshot, 'uplink'>;
  /** Aborts when the box ends, with the reason where it is started again. */
  readonly untilEnd: AbortSignal;
}

/** The task of a box that makes networks; it waits where the config wants none. */
export function makingNetworks(
  config: Config,
  box: Box,
  openNetwork: (clock: Clock) => Network = openNetworkManager,
): Task {
  const { state, firstBoot, dataUse, snapshot, untilEnd, clock, log } = box;
  const wanted = wantedNetworks(config);
  const network = openNetwork(clock);
  if (wanted === undefined) {
    return async (signal) => {
      // Where nothing manages networks there are none. On the demo's machine they are another box's.
      const isOwnMachine = config.power.shut_down === 'machine';
      if (isOwnMachine) await closeStaleNetworks(network, [], signal).catch(() => undefined);
      await untilAborted(signal);
    };
  }
  const deps = {
    helper: openNetworkHelper(clock),
    network,
    isSetUp: () => !firstBoot.isWanted || firstBoot.setUp.isFinished,
    spent: () =>
      overBudgetDevices(config.uplink?.links ?? [], dataUse.useAt(clock.wallMs()), snapshot()),
    isRestarting: () => untilEnd.reason instanceof WantedRestart,
    onChange: (networks: readonly OwnNetwork[] | undefined) => state.set({ networks }),
    ...{ clock, log },
  };
  return (signal) => runOwnNetworks(wanted, deps, signal);
}
