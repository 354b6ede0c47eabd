/** Settings of the operator's page: shown, checked, compared, saved, put in force, taken back. */
import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import type { Config } from '../config/config.ts';
import { checkValues } from '../config/form/faults.ts';
import { type Setting, settingsOfSchema } from '../config/form/form.ts';
import { setPaths, type Values, valueAt, withValue } from '../config/form/layers.ts';
import { hasCamera } from '../model/phase.ts';
import type { DropPhase } from '../model/snapshot.ts';
import {
  type Changes,
  type Difference,
  differencesOf,
  lockedPaths,
  type Plan,
  type Planned,
  planChanges,
  planValues,
  type SettingFault,
} from './change.ts';
import type { LiveConfig } from './live-config.ts';
import type { LoadedSettings } from './load.ts';
import type { Part } from './needs.ts';
import { masked } from './secrets.ts';
import {
  isStored,
  listVersions,
  readVersion,
  saveSecret,
  saveStored,
  tagOf,
  type Version,
} from './stored.ts';
import { NO_TRIAL, readTrial, saveTrial, TRIAL_MS } from './trial.ts';

export interface SettingsDeps {
  readonly loaded: LoadedSettings;
  readonly live: LiveConfig;
  readonly stateFolder: string;
  readonly phase: () => DropPhase;
  /** Starts the box again when it ends, as systemd does; undefined where nobody does. */
  readonly restart: (() => void) | undefined;
  /** What is saved of a secret, for example a hash of the PIN. */
  readonly sealed: (path: string, text: string) => Promise<string>;
  /** Aborts when the box ends in good order. */
  readonly untilEnd: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ShownSetting extends Setting {
  /** Secrets are shown as whether there is one. */
  readonly value: unknown;
  /** What holds where nobody sets it. */
  readonly preset: unknown;
  readonly isLocked: boolean;
  /** By the page. */
  readonly isSet: boolean;
}

export interface SettingsView {
  readonly tag: string;
  readonly settings: readonly ShownSetting[];
  /** Saved, but only in force after the next start. */
  readonly pending: readonly string[];
  readonly versions: readonly Version[];
  readonly canRestart: boolean;
  readonly warning?: string;
}

/** What the page asks for: settings by their paths, or an earlier version. */
export type Wish = { readonly changes: Changes } | { readonly version: number };

export type SaveOutcome =
  | {
      readonly status: 'planned' | 'saved' | 'restarting';
      readonly differences: readonly Difference[];
    }
  | { readonly status: 'wrong'; readonly faults: readonly SettingFault[] }
  /** Somebody else has changed them since the page read them. */
  | { readonly status: 'conflict' }
  /** It would interrupt the picture. */
  | { readonly status: 'on-air'; readonly paths: readonly string[] }
  | { readonly status: 'failed'; readonly reason: string };

/** The request is answered first. */
const ANSWER_MS = 500;

export class Settings {
  readonly #deps: SettingsDeps;
  #values: Values;
  /** Of the values, as if the box had just started. */
  #config: Config;
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: SettingsDeps) {
    this.#deps = deps;
    this.#values = deps.loaded.values;
    this.#config = deps.loaded.config;
    if (deps.loaded.warning !== undefined) {
      deps.log.warn('settings not used', { reason: deps.loaded.warning });
    }
  }

  async view(): Promise<SettingsView> {
    const { loaded, stateFolder, restart } = this.#deps;
    const locked = lockedPaths(loaded.written);
    const set = new Set(setPaths(this.#values));
    const presets = checkValues(loaded.written ?? {});
    const preset = 'config' in presets ? presets.config : undefined;
    return {
      tag: tagOf(this.#values),
      settings: settingsOfSchema().map((setting) => ({
        ...setting,
        value: masked(setting.field, valueAt(this.#config, setting.path)),
        preset: masked(setting.field, valueAt(preset, setting.path)),
        isLocked: locked.has(setting.path),
        isSet: set.has(setting.path),
      })),
      pending: this.#pending(),
      versions: (await listVersions(stateFolder)).slice(1),
      canRestart: restart !== undefined,
      ...(loaded.warning === undefined ? {} : { warning: loaded.warning }),
    };
  }

  /**
   * @param tag Of the settings that the page has seen.
   * @param isTry Says what would happen, and does nothing.
   * @param isLater What needs a restart waits for one: more is about to change.
   */
  async save(wish: Wish, tag: string, isTry: boolean, isLater = false): Promise<SaveOutcome> {
    const work = this.#last.then(() => this.#save(wish, tag, isTry, isLater));
    this.#last = work.catch(() => undefined);
    return await work;
  }

  /** Ends the trial of settings that the box has started with. A box that is stopped before has not failed. */
  readonly run = async (signal: AbortSignal): Promise<void> => {
    const { clock, loaded, stateFolder, untilEnd, log } = this.#deps;
    if (!loaded.isOnTrial) return;
    const isOver = await pause(clock, TRIAL_MS, signal);
    if (!isOver && !untilEnd.aborted) return;
    // Others were saved meanwhile, whose trial begins with the next start.
    const trial = readTrial(stateFolder);
    if (trial.phase === 'new') return;
    const next = isOver ? NO_TRIAL : ({ ...trial, phase: 'new' } as const);
    await saveTrial(stateFolder, next).catch((error: unknown) => {
      log.warn('settings stay on trial', { reason: messageOf(error) });
    });
  };

  async #save(wish: Wish, tag: string, isTry: boolean, isLater: boolean): Promise<SaveOutcome> {
    if (tag !== tagOf(this.#values)) return { status: 'conflict' };
    const plan = this.#plan(wish);
    if ('faults' in plan) return { status: 'wrong', faults: plan.faults };
    const { differences } = plan;
    const restarting = differences.filter(({ need }) => need === 'restart');
    if (isTry) return { status: 'planned', differences };
    if (restarting.length > 0 && this.#isOnAir()) {
      return { status: 'on-air', paths: restarting.map(({ path }) => path) };
    }
    try {
      await this.#store(plan);
    } catch (error) {
      return { status: 'failed', reason: messageOf(error) };
    }
    this.#apply(plan);
    const { restart, log } = this.#deps;
    log.info('settings changed', { keys: differences.map(({ path }) => path).join(' ') });
    const isWanted = !isLater && this.#pending().length > 0 && !this.#isOnAir();
    if (restart === undefined || !isWanted) {
      return { status: 'saved', differences };
    }
    void this.#restartSoon(restart);
    return { status: 'restarting', differences };
  }

  /** What was changed for later gets its restart. */
  restartForPending(): void {
    const { restart } = this.#deps;
    if (restart !== undefined && this.#pending().length > 0) void this.#restartSoon(restart);
  }

  /** Somebody may have armed a drop meanwhile: then what is saved holds at the next start. */
  async #restartSoon(restart: () => void): Promise<void> {
    const { clock, log, phase } = this.#deps;
    await clock.sleep(ANSWER_MS);
    if (this.#isOnAir()) log.warn('settings wait for the next start', { phase: phase() });
    else restart();
  }

  #isOnAir(): boolean {
    return hasCamera(this.#deps.phase());
  }

  #plan(wish: Wish): Plan {
    if ('changes' in wish) return planChanges(wish.changes, this.#present());
    const values = readVersion(this.#deps.stateFolder, wish.version);
    if (values === undefined) return { faults: [{ path: '', reason: 'That version is gone.' }] };
    return planValues(values, [], this.#present());
  }

  #present() {
    const { stateFolder: folder, loaded } = this.#deps;
    return { folder, values: this.#values, written: loaded.written, config: this.#config };
  }

  async #store({ secrets, values, differences }: Planned): Promise<void> {
    const { stateFolder, sealed } = this.#deps;
    for (const { path, file, text } of secrets) await saveSecret(file, await sealed(path, text));
    const before = readTrial(stateFolder);
    // What is in force at once has proved itself by the next start.
    const isTrial = differences.some(({ need }) => need === 'restart');
    const good = before.phase === 'none' ? tagOf(this.#values) : before.good;
    try {
      // Before the settings: with new ones and no trial a start that fails would fail for ever.
      if (isTrial) await saveTrial(stateFolder, { phase: 'new', good });
      await saveStored(stateFolder, values);
    } catch (error) {
      if (isTrial && !isStored(stateFolder, values)) {
        await saveTrial(stateFolder, before).catch(() => undefined);
      }
      throw error;
    }
  }

  #apply({ values, config, differences }: Planned): void {
    const { live } = this.#deps;
    this.#values = values;
    this.#config = config;
    let next: Values = live.current() as unknown as Values;
    const parts = new Set<Part>();
    for (const { path, need } of differences) {
      if (need === 'restart') continue;
      next = withValue(next, path, valueAt(config, path));
      if (need !== 'nothing') parts.add(need);
    }
    live.change(next as unknown as Config, parts);
  }

  /** The box runs with other values of these. */
  #pending(): readonly string[] {
    return differencesOf(this.#deps.live.current(), this.#config)
      .filter(({ need }) => need === 'restart')
      .map(({ path }) => path);
  }
}
