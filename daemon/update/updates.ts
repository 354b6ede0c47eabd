/** The command update, and what is known of versions: offered, running, gone back. */
import { anySignal, pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import type { Task } from '../../hal/os/task.ts';
import type { UpdateConfig } from '../config/metrics.ts';
import type { BoxEvent, Outcome, UpdateCommand } from '../model/commands.ts';
import type { UpdateState } from '../model/update.ts';
import { type InstallDeps, install, NotIdle, nameOf, putOnTrial, type Running } from './install.ts';
import { done, NO_KEY, NO_SOURCE, refusalOf, rejected, TOO_LATE } from './outcomes.ts';
import { compareReleases, type Header, ReleaseError } from './release.ts';
import { readSource } from './source.ts';
import type { VersionStore } from './store.ts';
import { LineStream, openRelease } from './stream.ts';
import { sweep } from './trial.ts';
import { INSTALLED, type Versions } from './versions.ts';

export interface UpdatesDeps extends Pick<InstallDeps, 'busyWith' | 'whatWorks'> {
  readonly store: VersionStore;
  readonly running: Running;
  /** As it was at the start; after that this alone changes it. */
  readonly versions: Versions;
  readonly config: () => UpdateConfig;
  /** The trial of the version that runs; its end changes what is known. */
  readonly trial: Task;
  readonly onEvent: (event: BoxEvent) => void;
  /** Ends the box in good order, which then starts again. */
  readonly end: () => void;
  readonly untilEnd: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
}

/** The command is answered first. */
const ANSWER_MS = 500;
/** A box that has just started has other things to do. */
const FIRST_LOOK_MS = 120_000;
const STEP_MS = 60_000;
const HOUR_MS = 3_600_000;
const OFFER_MS = 60_000;
/** A drop that is armed ends an update within this. */
const LOOK_MS = 1_000;

export class Updates {
  readonly #deps: UpdatesDeps;
  #versions: Versions;
  #offer: { readonly header?: Header; readonly fault?: string } = {};
  #step: UpdateState['step'];
  #stopping = new AbortController();
  /** Settles once no folder of an earlier update is being removed. */
  #swept: Promise<void> = Promise.resolve();

  constructor(deps: UpdatesDeps) {
    this.#deps = deps;
    this.#versions = deps.versions;
  }

  readonly state = (): UpdateState => {
    const { running, config } = this.#deps;
    const { trial, failed } = this.#versions;
    const { header, fault } = this.#offer;
    const previous = this.#previous();
    return {
      version: running.version,
      ...(config().key === '' ? { unsupported: NO_KEY } : {}),
      ...(header === undefined
        ? {}
        : { latest: header.version, isNewer: compareReleases(header, running) > 0 }),
      ...(fault === undefined ? {} : { offerFault: fault }),
      ...(this.#step === undefined ? {} : { step: this.#step }),
      ...(trial?.id === running.id ? { isOnTrial: true } : {}),
      ...(failed === null
        ? {}
        : { failed: { version: nameOf(failed.id), reason: failed.reason, atMs: failed.atMs } }),
      ...(previous === undefined ? {} : { previous: nameOf(previous) }),
    };
  };

  readonly command: UpdateCommand = async (command, onProgress) => {
    const { config, busyWith, untilEnd, store } = this.#deps;
    if (config().key === '') return rejected('UNSUPPORTED', NO_KEY);
    const { args, by, isDryRun = false } = command;
    if (args['stop'] === true) return this.#stop(isDryRun);
    const isInstalling = this.#step?.what === 'installing';
    if (isInstalling && args['back'] === true) return this.#stop(isDryRun);
    const busy = this.#step === undefined ? busyWith() : 'an update runs already';
    if (busy !== undefined) return rejected('BUSY', `no update now: ${busy}`);
    const from = typeof args['from'] === 'string' ? args['from'] : config().url;
    if (args['from'] !== undefined && by !== 'cli') {
      return rejected('BAD_ARGUMENTS', 'only the command line names a file or an address');
    }
    if (args['back'] === true) return await this.#goBack(isDryRun);
    if (from === '') return rejected('BAD_ARGUMENTS', NO_SOURCE);
    this.#step = { what: 'installing', ratio: 0 };
    try {
      const asked = {
        ...{ from, isOlderWelcome: args['older'] === true },
        ...(typeof args['version'] === 'string' ? { version: args['version'] } : {}),
      };
      const report = (progress: Parameters<typeof onProgress>[0]) => {
        this.#step = { what: 'installing', ratio: progress.ratio ?? 0 };
        onProgress(progress);
      };
      const header = await this.#whileIdle((signal) =>
        install(asked, this.#installDeps(), isDryRun, report, signal),
      );
      const { version } = header;
      if (!isDryRun) return this.#restart(version);
      if (from === config().url) this.#offer = { header };
      return done(`would install ${version}`);
    } catch (error) {
      this.#step = undefined;
      return refusalOf(error, untilEnd);
    } finally {
      if (this.#step?.what === 'installing') this.#step = undefined;
      this.#versions = await store.load();
    }
  };

  /** The trial of the version that runs, and from time to time a look at what is offered. */
  readonly run: Task = async (signal) => {
    const { trial, store, clock, config } = this.#deps;
    this.#reportFailure();
    // A power cut during an update, and a newer package, leave folders that no state names.
    this.#swept = sweep(this.#versions, this.#deps);
    await this.#swept;
    await trial(signal);
    this.#versions = await store.load();
    let dueMs = clock.monotonicMs() + FIRST_LOOK_MS;
    let looked: { readonly url: string; readonly atMs: number } | undefined;
    // In short steps: what the settings say of it holds at once.
    while (await pause(clock, STEP_MS, signal)) {
      const { url, check_hours } = config();
      const nowMs = clock.monotonicMs();
      if (looked !== undefined) dueMs = looked.atMs + check_hours * HOUR_MS;
      const isMoved = looked !== undefined && looked.url !== url;
      if (nowMs < dueMs && !isMoved) continue;
      if (isMoved) this.#offer = {};
      looked = { url, atMs: nowMs };
      await this.#lookForOffer(signal);
    }
  };

  /** What it does is broken off by a drop that is armed, by going back, and with the box. */
  async #whileIdle<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { clock, busyWith, untilEnd } = this.#deps;
    const stopping = new AbortController();
    this.#stopping = stopping;
    using ends = anySignal(untilEnd, stopping.signal);
    const over = new AbortController();
    const watch = async () => {
      while (await pause(clock, LOOK_MS, over.signal)) {
        const busy = busyWith();
        if (busy !== undefined) stopping.abort(new NotIdle(busy));
      }
    };
    const watching = watch();
    try {
      await this.#swept;
      return await work(ends.signal);
    } finally {
      over.abort();
      await watching;
    }
  }

  /** Nobody who means one that comes goes back by it. */
  #stop(isDryRun: boolean): Outcome {
    if (this.#step === undefined) return rejected('REFUSED', 'no update is being installed');
    if (this.#step.what === 'restarting') return rejected('BUSY', TOO_LATE);
    if (isDryRun) return done('would stop the update that runs');
    this.#stopping.abort(new ReleaseError('it was stopped; nothing is changed'));
    return done('the update is stopped; nothing is changed');
  }

  async #goBack(isDryRun: boolean): Promise<Outcome> {
    const previous = this.#previous();
    if (previous === undefined) return rejected('REFUSED', 'there is no version to go back to');
    const version = nameOf(previous);
    if (isDryRun) return done(`would go back to ${version}`);
    this.#step = { what: 'restarting', ratio: 0 };
    try {
      await putOnTrial(previous, this.#installDeps(), this.#deps.untilEnd);
      return this.#restart(version);
    } catch (error) {
      this.#step = undefined;
      this.#versions = await this.#deps.store.load();
      return refusalOf(error, this.#deps.untilEnd);
    }
  }

  #previous(): string | undefined {
    const { good, previous } = this.#versions;
    return previous ?? (good === INSTALLED ? undefined : INSTALLED);
  }

  #installDeps(): InstallDeps {
    const onPlaced = () => {
      this.#step = { what: 'restarting', ratio: 1 };
    };
    return { ...this.#deps, key: this.#deps.config().key, onPlaced };
  }

  /** It is on the disk that another version starts next. */
  #restart(version: string): Outcome {
    void this.#restartSoon();
    return done(
      `${version} is in place: the box starts again with it, and goes back by itself where it does not work within a minute`,
    );
  }

  /** A drop that was armed meanwhile goes on; the new version waits for the next start. */
  async #restartSoon(): Promise<void> {
    const { clock, busyWith, end, untilEnd, log } = this.#deps;
    if (!(await pause(clock, ANSWER_MS, untilEnd))) return;
    const busy = busyWith();
    if (busy === undefined) return end();
    log.warn('the new version waits for the next start', { reason: busy });
    this.#step = undefined;
  }

  /** Once: the version that was rolled back cannot report it. */
  #reportFailure(): void {
    const { failed } = this.#versions;
    const { onEvent, clock, log } = this.#deps;
    if (failed === null) return;
    log.warn('update rolled back', { version: failed.id, reason: failed.reason });
    const atMs = clock.wallMs();
    const data = { version: nameOf(failed.id), reason: failed.reason };
    if (atMs - failed.atMs < HOUR_MS)
      onEvent({ type: 'update.went-back', severity: 'warning', atMs, data });
  }

  async #lookForOffer(signal: AbortSignal): Promise<void> {
    const { config, busyWith } = this.#deps;
    const { url, key } = config();
    if (url === '' || key === '' || busyWith() !== undefined) return;
    try {
      const ends = AbortSignal.any([signal, AbortSignal.timeout(OFFER_MS)]);
      await using stream = new LineStream(readSource(url, ends));
      const { header } = await openRelease(stream, key);
      this.#offer = { header };
    } catch (error) {
      this.#offer = { ...this.#offer, fault: messageOf(error) };
    }
  }
}
