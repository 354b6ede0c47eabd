/** Opens the settings of a box: what the page changes, and the config that is in force. */
import type { Clock } from '../../../hal/os/clock.ts';
import type { Log } from '../../../hal/os/log.ts';
import type { Notify } from '../../../hal/os/systemd/notify.ts';
import type { DropPhase } from '../../model/snapshot.ts';
import { LiveConfig } from '../../settings/live-config.ts';
import type { LoadedSettings } from '../../settings/load.ts';
import { Settings } from '../../settings/settings.ts';
import { hashPin } from '../pin.ts';

interface Box {
  readonly loaded: LoadedSettings;
  readonly stateFolder: string;
  readonly phase: () => DropPhase;
  /** Of systemd, which starts the box again when it ends. */
  readonly notify: Pick<Notify, 'hasReceiver'>;
  /** Ends the box in good order. */
  readonly end: () => void;
  /** Aborts when it ends so. */
  readonly untilEnd: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
}

export interface BoxSettings {
  readonly live: LiveConfig;
  readonly settings: Settings;
}

export function openSettings(box: Box): BoxSettings {
  const live = new LiveConfig(box.loaded.config);
  const restart = box.notify.hasReceiver ? box.end : undefined;
  return { live, settings: new Settings({ ...box, live, restart, sealed }) };
}

/** A PIN is saved as its hash. */
export async function sealed(path: string, text: string): Promise<string> {
  return /^operator\.(?:\w+_)?pin_file$/.test(path) ? await hashPin(text) : text;
}
