/** Settings of the operator's page: shown, checked, compared, saved, put in force, taken back. */
import { pause, turns } from '../../hal/os/async.ts';
import { messageOf } from '../../hal/os/log.ts';
import { runAll } from '../../hal/os/task.ts';
import type { Config } from '../config/config.ts';
import { checkValues } from '../config/form/faults.ts';
import { type Setting, settingsOfSchema } from '../config/form/form.ts';
import { layered, setPaths, type Values, valueAt } from '../config/form/layers.ts';
import { type SavedOnly, withSavedOnly } from './certificates.ts';
import {
  type Changes,
  type Difference,
  lockedPaths,
  type Plan,
  planChanges,
  planValues,
  type SettingFault,
  settingFaults,
} from './change.ts';
import { InForce, type Pending } from './in-force.ts';
import type { LiveConfig } from './live-config.ts';
import type { LoadedSettings } from './load.ts';
import { waits } from './needs.ts';
import { savePlanned } from './save-planned.ts';
import { masked } from './secrets.ts';
import { listOthers, readVersion, tagOf, type Version } from './stored.ts';
import { endTrial, RunningTrial, type TrialDeps } from './trial.ts';

export interface SettingsDeps extends TrialDeps {
  readonly loaded: LoadedSettings;
  readonly live: LiveConfig;
  /** A picture is on, that nothing may interrupt. */
  readonly isBusy: () => boolean;
  /** Guests see the last seconds of a drop to the end, also those who are behind. */
  readonly isEndServed: () => boolean;
  /** Starts the box again when it ends, as systemd does; undefined where nobody does. */
  readonly restart: (() => void) | undefined;
  /** What this machine cannot do of settings, asked before they are saved. */
  readonly refusals: (before: Config, after: Config) => Promise<readonly SettingFault[]>;
  /** What is saved of a secret, for example a hash of the PIN. */
  readonly sealed: (path: string, text: string) => Promise<string>;
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
  /** Saved, and not yet in force. */
  readonly pending: Pending;
  readonly versions: readonly Version[];
  readonly canRestart: boolean;
  readonly warning?: string | undefined;
}

/** What the page asks for: settings by their paths, or an earlier version. */
export type Edit = { readonly changes: Changes } | { readonly version: number };

export type SaveOutcome =
  | { readonly status: 'restarting'; readonly differences: readonly Difference[] }
  | {
      readonly status: 'saved' | 'planned';
      readonly differences: readonly Difference[];
      /** What would take effect after the drop that is on; once saved, all that is not in force yet. */
      readonly waiting: readonly string[];
    }
  | { readonly status: 'wrong'; readonly faults: readonly SettingFault[] }
  /** Somebody else has changed them since the page read them. */
  | { readonly status: 'conflict' }
  | { readonly status: 'failed'; readonly reason: string };

/** The request is answered first. */
const ANSWER_MS = 500;
const LOOK_EVERY_MS = 1_000;

export class Settings {
  readonly #deps: SettingsDeps;
  readonly #force: InForce;
  /** A restart waits for the end of a drop. */
  #isRestartDue = false;
  readonly #trial: RunningTrial;
  #values: Values;
  /** The settings on the disk have it, too. */
  #kept: SavedOnly;
  /** Of the values, as if the box had just started. */
  #config: Config;
  readonly #inTurn = turns();

  constructor(deps: SettingsDeps) {
    this.#deps = deps;
    this.#values = deps.loaded.values;
    this.#kept = deps.loaded.kept ?? {};
    this.#config = deps.loaded.config;
    this.#force = new InForce(deps.live, deps.isBusy);
    this.#trial = new RunningTrial(deps);
    for (const { text } of deps.loaded.warnings) {
      deps.log.warn('settings not used', { reason: text });
    }
  }

  readonly isBusy = (): boolean => this.#deps.isBusy();

  async view(): Promise<SettingsView> {
    const { loaded, live, stateFolder, restart } = this.#deps;
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
      versions: await listOthers(stateFolder, withSavedOnly(this.#values, this.#kept)).catch(
        () => [],
      ),
      canRestart: restart !== undefined,
      warning: live.warning(),
    };
  }

  /**
   * @param tag Of the settings that the page has seen.
   * @param isTry Says what would happen, and does nothing.
   * @param isLater What needs a restart waits for one: more is about to change.
   */
  async save(edit: Edit, tag: string, isTry: boolean, isLater = false): Promise<SaveOutcome> {
    return await this.#inTurn(() => this.#save(edit, tag, isTry, isLater));
  }

  /** Ends a trial, and lets what waits for the end of a drop take effect then. */
  readonly run = (signal: AbortSignal): Promise<void> =>
    runAll([(ends) => endTrial(this.#deps, ends), (ends) => this.#follow(ends)], signal);

  async #follow(signal: AbortSignal): Promise<void> {
    while (await pause(this.#deps.clock, LOOK_EVERY_MS, signal)) {
      // In turn with what is saved, whose trial it must not end.
      await this.#inTurn(() => this.#trial.check(this.#isInForce()));
      if (this.#isHeld()) continue;
      this.#force.take(this.#config);
      if (this.#isRestartDue) this.restartForPending();
      this.#isRestartDue = false;
    }
  }

  #isInForce(): boolean {
    const { restart, drop } = this.#force.pending(this.#config);
    return restart.length + drop.length === 0 && this.#deps.live.partFault() === undefined;
  }

  async #save(edit: Edit, tag: string, isTry: boolean, isLater: boolean): Promise<SaveOutcome> {
    if (tag !== tagOf(this.#values)) return { status: 'conflict' };
    const plan = this.#plan(edit);
    const { refusals } = this.#deps;
    const kept = this.#keptBy(edit);
    const faults = 'faults' in plan ? plan.faults : await refusals(this.#config, plan.config);
    if ('faults' in plan || faults.length > 0) return { status: 'wrong', faults };
    const before = withSavedOnly(this.#values, this.#kept);
    const after = withSavedOnly(plan.values, kept);
    // Together they would be refused at the next start.
    const together = checkValues(layered(after, this.#deps.loaded.written));
    if ('faults' in together) return { status: 'wrong', faults: settingFaults(together.faults) };
    const { differences } = plan;
    if (isTry) {
      const late = differences.filter(({ need }) => this.isBusy() && waits(need));
      return { status: 'planned', differences, waiting: late.map(({ path }) => path) };
    }
    try {
      await savePlanned(plan, { before, after }, { ...this.#deps, trial: this.#trial });
    } catch (error) {
      return { status: 'failed', reason: messageOf(error) };
    }
    this.#values = plan.values;
    this.#kept = kept;
    this.#config = plan.config;
    this.#deps.live.saved('changes' in edit ? Object.keys(edit.changes) : undefined);
    this.#force.take(plan.config);
    const { restart, log } = this.#deps;
    log.info('settings changed', { keys: differences.map(({ path }) => path).join(' ') });
    const isDue = restart !== undefined && !isLater && this.#needsRestart();
    this.#isRestartDue ||= isDue && this.#isHeld();
    const waiting = Object.values(this.#pending()).flat();
    if (!isDue || this.#isHeld()) return { status: 'saved', differences, waiting };
    void this.#restartSoon(restart);
    return { status: 'restarting', differences };
  }

  /** What was changed for later gets its restart. */
  restartForPending(): void {
    const { restart } = this.#deps;
    if (restart !== undefined && this.#needsRestart()) void this.#restartSoon(restart);
  }

  /** Somebody may have armed a drop meanwhile: then it waits for its end. */
  async #restartSoon(restart: () => void): Promise<void> {
    await this.#deps.clock.sleep(ANSWER_MS);
    this.#isRestartDue = this.#isHeld();
    if (!this.#isRestartDue) restart();
  }

  /** A restart of the box would be seen by guests. */
  readonly #isHeld = (): boolean => this.#deps.isBusy() || this.#deps.isEndServed();

  #needsRestart(): boolean {
    return this.#force.pending(this.#config).restart.length > 0;
  }

  /** A restart that the box makes by itself comes after the drop, too. */
  #pending(): Pending {
    const { restart, drop } = this.#force.pending(this.#config);
    return this.#isRestartDue ? { restart: [], drop: [...restart, ...drop] } : { restart, drop };
  }

  /** What is set again, or taken away, is not kept; an earlier version says all. */
  #keptBy(edit: Edit): SavedOnly {
    const left = Object.entries(this.#kept);
    if (!('changes' in edit)) return {};
    return Object.fromEntries(left.filter(([path]) => !Object.hasOwn(edit.changes, path)));
  }

  #plan(edit: Edit): Plan {
    if ('changes' in edit) return planChanges(edit.changes, this.#present());
    const values = readVersion(this.#deps.stateFolder, edit.version);
    if (values === undefined) return { faults: [{ path: '', reason: 'That version is gone.' }] };
    return planValues(values, [], this.#present());
  }

  #present() {
    const { stateFolder: folder, loaded } = this.#deps;
    return { folder, values: this.#values, written: loaded.written, config: this.#config };
  }
}
