/** Opens the settings of a box: what the page changes, and when it may take effect. */
import { pause } from '../../../hal/os/async.ts';
import type { ClockAndLog } from '../../../hal/os/log.ts';
import type { Notify } from '../../../hal/os/systemd/notify.ts';
import type { Config } from '../../config/config.ts';
import { hasCamera } from '../../model/phase.ts';
import type { BoxSnapshot } from '../../model/snapshot.ts';
import type { LiveConfig } from '../../settings/live-config.ts';
import type { LoadedSettings } from '../../settings/load.ts';
import { Settings } from '../../settings/settings.ts';
import { hashPin } from '../pin.ts';
import { openRefusals, type RefusalDeps } from './refusals.ts';

const LOOK_EVERY_MS = 1_000;

interface Box extends ClockAndLog {
  readonly loaded: LoadedSettings;
  readonly stateFolder: string;
  readonly live: LiveConfig;
  readonly snapshot: () => Pick<BoxSnapshot, 'drop' | 'readiness'>;
  readonly source: RefusalDeps['source'] & { readonly use: (config: Config) => Promise<void> };
  readonly mediaPath: { refresh(what: 'media' | 'links'): void; endedLeftMs(): number };
  /** Of systemd, which starts the box again when it ends. */
  readonly notify: Pick<Notify, 'hasReceiver'>;
  /** Ends the box in good order. */
  readonly end: () => void;
  /** Aborts when it ends so. */
  readonly untilEnd: AbortSignal;
}

export function openSettings(box: Box): Settings {
  const restart = box.notify.hasReceiver ? box.end : undefined;
  const isBusy = () => {
    const { drop, readiness } = box.snapshot();
    return hasCamera(drop.phase) || readiness?.running !== undefined;
  };
  const isEndServed = () => box.mediaPath.endedLeftMs() > 0;
  const refresh = async (what: 'media' | 'links') => {
    // Tracks are those of the devices; where they cannot be used, those before stay.
    await box.source.use(box.live.current()).catch(() => undefined);
    // Somebody may have armed meanwhile: then it is for the next start of media.
    while (isBusy() || (what === 'media' && isEndServed()))
      if (!(await pause(box.clock, LOOK_EVERY_MS, box.untilEnd))) return;
    box.mediaPath.refresh(what);
  };
  for (const what of ['media', 'links'] as const) box.live.follow(what, () => void refresh(what));
  return new Settings({
    ...box,
    isBusy,
    isEndServed,
    restart,
    sealed,
    refusals: openRefusals(box),
  });
}

/** A PIN is saved as its hash. */
export async function sealed(path: string, text: string): Promise<string> {
  return /^operator\.(?:\w+_)?pin_file$/.test(path) ? await hashPin(text) : text;
}
