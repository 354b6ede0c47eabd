/** A box's settings in a folder of their own, without the box. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasCamera } from '../../../daemon/model/phase.ts';
import type { DropPhase } from '../../../daemon/model/snapshot.ts';
import { LiveConfig } from '../../../daemon/settings/live-config.ts';
import { type LoadedSettings, loadSettings } from '../../../daemon/settings/load.ts';
import { type SaveOutcome, Settings } from '../../../daemon/settings/settings.ts';
import { NO_TRIAL, saveTrial } from '../../../daemon/settings/trial.ts';
import { type Clock, systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';

export interface TestFolder extends AsyncDisposable {
  readonly folder: string;
  /** What a start finds there that goes well. */
  load(yaml?: string, overrides?: readonly string[]): Promise<Warned>;
  /** A start that may fail. */
  start(): Promise<Warned>;
}

/** With its warnings in one. */
type Warned = LoadedSettings & { readonly warning: string | undefined };

export async function testFolder(): Promise<TestFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-settings-'));
  const start = async (yaml = '', overrides: readonly string[] = []) => {
    const loaded = await loadSettings(folder, { source: 'box.yaml', yaml, overrides });
    return { ...loaded, warning: loaded.warnings.map(({ text }) => text).join('. ') || undefined };
  };
  return {
    folder,
    start,
    load: async (yaml, overrides) => {
      const loaded = await start(yaml, overrides);
      await saveTrial(folder, NO_TRIAL);
      return loaded;
    },
    [Symbol.asyncDispose]: async () => await rm(folder, { recursive: true, force: true }),
  };
}

export function openTestSettings(
  loaded: LoadedSettings,
  folder: string,
  {
    phase = (): DropPhase => 'idle',
    onRestart = undefined as (() => void) | undefined,
    clock = systemClock as Clock,
    isEndServed = (): boolean => false,
  } = {},
) {
  const live = new LiveConfig(loaded, { clock: systemClock, log: silentLog });
  const settings = new Settings({
    ...{ loaded, live, stateFolder: folder, restart: onRestart },
    isBusy: () => hasCamera(phase()),
    isEndServed,
    sealed: async (_path, text) => `sealed ${text}`,
    refusals: async () => [],
    untilEnd: new AbortController().signal,
    clock,
    log: silentLog,
  });
  /** By somebody who has just read them. */
  const save = async (changes: Readonly<Record<string, unknown>>): Promise<SaveOutcome> =>
    await settings.save({ changes }, (await settings.view()).tag, false);
  const shownOf = async (path: string) =>
    (await settings.view()).settings.find((one) => one.path === path);
  return { live, settings, save, shownOf };
}
