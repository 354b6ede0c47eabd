/** Writes one target's copy of the drop: fragments in, files, syncs and faults out. */
import type { Clock } from '../../hal/os/clock.ts';
import { errnoOf } from '../../hal/os/errors.ts';
import type { Progress } from '../../hal/os/worker-child.ts';
import { finishedRequests } from '../../hal/system/disk-requests.ts';
import type { WireMessage } from '../feed/wire.ts';
import { DiskFault } from './disk-fault.ts';
import { FragmentWriter } from './files/fragment-writer.ts';
import type { RecordedDrop } from './files/recording-file.ts';
import type { WriteStep } from './files/write-step.ts';
import type { PublishedRecording } from './published-recording.ts';
import type { ReplayEvent } from './replay.ts';
import type { FromRecorder, TargetSettings, TargetState } from './settings.ts';
import { SyncPace, Unsynced, WriteRate } from './sync-figures.ts';
import { TargetFolder } from './target-folder.ts';
import { describeTarget } from './target-state.ts';
import { type TargetError, targetErrorOf } from './volume.ts';

export interface TargetOptions {
  readonly settings: TargetSettings;
  readonly trackIds: readonly string[];
  readonly clock: Clock;
  readonly send: (message: FromRecorder) => void;
  /** CLOCK_MONOTONIC in ms, the same in all processes. */
  readonly monotonicMs: () => number;
  /** Of this box: in what it records, and only what has it is deleted for space. */
  readonly boxId?: string | undefined;
}

const CHECK_EVERY_MS = 2_000;

/**
 * A fault of the disk becomes a state with a name, and is tried again; nothing is thrown.
 *
 * Call one method at a time; `state` may be called at any time.
 */
export class Target {
  readonly #options: TargetOptions;
  readonly #writer: FragmentWriter;
  #isOn = false;
  #drop: Omit<RecordedDrop, 'sequence' | 'boxId'> = { epochMs: 0 };
  #file: PublishedRecording | undefined;
  readonly #folder: TargetFolder;
  #isPrepared = false;
  readonly #pace = new SyncPace();
  #checkedAtMs = 0;
  readonly #fault: DiskFault;
  readonly #unsynced = new Unsynced();
  readonly #rate = new WriteRate();
  #lostMs = 0;

  constructor(options: TargetOptions) {
    this.#options = options;
    this.#fault = new DiskFault(options.settings.folder);
    const log = (text: string, fields: Readonly<Record<string, unknown>>) =>
      this.#log(text, fields);
    const events = { log, onReplayEvent: this.#reportReplay };
    this.#folder = new TargetFolder(options.settings, events, options.boxId);
    this.#writer = new FragmentWriter(options.trackIds);
  }

  async take(message: WireMessage): Promise<void> {
    switch (message.type) {
      case 'on':
        this.#isOn = true;
        this.#drop = { epochMs: message.epochMs, dropId: message.dropId };
        this.#writer.setEpoch(message.epochMs);
        if (!message.isFromStart) await this.#apply(this.#writer.interrupt('lost'));
        return;
      case 'init':
        this.#writer.setInit(message.trackId, message.initId, message.bytes);
        return;
      case 'part':
        return await this.#record(message);
      case 'lost':
        this.#fault.failuresTotal += 1;
        this.#lostMs += message.lostMs;
        this.#log('recording could not keep up', { lostMs: Math.round(message.lostMs) });
        return await this.#apply(this.#writer.interrupt('lost'));
      case 'off':
        this.#isOn = false;
        if (this.#isPrepared) this.#fault.forget();
        return await this.#apply(this.#writer.stop());
    }
  }

  /** Syncs, checks the disk and retries when each is due. Call it a few times a second. */
  async tick(): Promise<void> {
    const nowMs = this.#nowMs();
    if (!this.#isPrepared) {
      if (this.#fault.mayRetry(nowMs)) await this.#prepare();
      return;
    }
    // A disk that is slow is slow to look at, too: nothing waits for it then but what came since.
    const mayCheck = this.#file === undefined || this.#pace.isDue(nowMs);
    if (this.#file !== undefined && mayCheck) await this.#try(() => this.#sync(), true);
    const isDue = nowMs - this.#checkedAtMs >= CHECK_EVERY_MS;
    if (mayCheck && isDue) await this.#try(() => this.#checkFolder());
  }

  /** The feed has ended, without an `off` before it where `isOn`. */
  async close(): Promise<void> {
    await this.#apply(this.#writer.interrupt('lost'));
  }

  state(): TargetState {
    const nowMs = this.#nowMs();
    return describeTarget({
      settings: this.#options.settings,
      isOn: this.#isOn,
      fault: this.#fault.at(nowMs),
      name: this.#file?.name,
      disks: this.#folder.disks,
      space: this.#folder.space,
      writtenBps: this.#rate.bps(nowMs),
      lagMs: this.#unsynced.lagMs,
      failuresTotal: this.#fault.failuresTotal,
      lostMs: this.#lostMs,
    });
  }

  progress(): Progress {
    const { disks } = this.#folder;
    return this.#fault.progress(this.#nowMs(), disks && finishedRequests(disks));
  }

  async #record({ part, publishedMs }: Extract<WireMessage, { type: 'part' }>): Promise<void> {
    if (!this.#isOn) return;
    const isLead = part.trackId === this.#options.trackIds[0];
    if (!this.#isPrepared) {
      if (isLead) this.#lostMs += part.durationUs / 1000;
      return;
    }
    if (isLead) this.#unsynced.add(part, publishedMs);
    await this.#apply(this.#writer.push(part));
  }

  async #apply(steps: readonly WriteStep[]): Promise<void> {
    for (const step of steps) {
      if (!(await this.#try(() => this.#applyOne(step), true))) return;
    }
  }

  async #applyOne(step: WriteStep): Promise<void> {
    if (step.type === 'begin') {
      this.#file = await this.#folder.begin(this.#drop, step);
      this.#pace.began(this.#nowMs());
      this.#log('recording started', { name: this.#file.name });
    } else if (step.type === 'fragment') {
      this.#file?.append(step);
    } else {
      await this.#finish(step.reason, step.reason !== 'lost' && step.reason !== 'failed');
      this.#reportSynced();
    }
  }

  async #finish(reason: string, hasAll: boolean): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    try {
      await file?.finish(reason, hasAll);
    } catch (error) {
      // A handle that stays open keeps its disk from being unmounted.
      await file?.abandon();
      throw error;
    }
  }

  async #sync(): Promise<void> {
    const startedMs = this.#nowMs();
    const bytes = (await this.#file?.sync()) ?? 0;
    const nowMs = this.#nowMs();
    this.#pace.synced(startedMs, nowMs);
    if (bytes === 0) return;
    // Only a sync proves that the disk takes what is written.
    this.#fault.recovered();
    this.#rate.add(bytes, nowMs);
    this.#reportSynced();
  }

  #reportSynced(): void {
    const synced = this.#unsynced.synced(this.#options.monotonicMs());
    if (synced !== undefined) this.#options.send({ type: 'synced', ...synced });
  }

  async #prepare(): Promise<void> {
    if (!(await this.#try(() => this.#folder.prepare()))) return;
    this.#isPrepared = true;
    if (!this.#isOn) this.#fault.forget();
    this.#checkedAtMs = this.#nowMs();
    await this.#try(() => this.#folder.reportStored(this.#file?.name));
  }

  async #checkFolder(): Promise<void> {
    this.#checkedAtMs = this.#nowMs();
    await this.#folder.check(this.#file);
  }

  /** @returns false where it failed: the fault is reported, and all that is open is abandoned. */
  async #try(work: () => Promise<void>, isShort = false): Promise<boolean> {
    this.#fault.started(this.#nowMs(), isShort);
    try {
      await work();
      return true;
    } catch (error) {
      if (!(await this.#split(error)))
        await this.#fail(targetErrorOf(error, this.#options.settings.folder));
      return false;
    } finally {
      this.#fault.finished();
    }
  }

  /** The file system takes no longer file: another one begins. False for any other fault. */
  async #split(error: unknown): Promise<boolean> {
    const { bytes = 0 } = this.#file ?? {};
    if (errnoOf(error) !== 'EFBIG' || !this.#writer.limit(bytes)) return false;
    this.#writer.interrupt('lost');
    this.#unsynced.drop();
    this.#log('file as long as its disk takes; another one begins', { bytes });
    await this.#finish('size', false).catch(() => undefined);
    return true;
  }

  async #fail(error: TargetError): Promise<void> {
    // The steps would end a file that is abandoned below.
    this.#writer.interrupt('failed');
    this.#unsynced.drop();
    this.#isPrepared = false;
    const { failure, message: reason } = error;
    if (this.#fault.fail(error, this.#nowMs())) this.#log('recording failed', { failure, reason });
    // A full disk still takes the last record, out of the target's reserve.
    await this.#finish(error.failure, false).catch(() => undefined);
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  readonly #reportReplay = (event: ReplayEvent): void =>
    this.#options.send({ type: 'replay', event });

  #log(text: string, fields: Readonly<Record<string, unknown>>): void {
    this.#options.send({
      type: 'log',
      text,
      fields: { target: this.#options.settings.id, ...fields },
    });
  }
}
