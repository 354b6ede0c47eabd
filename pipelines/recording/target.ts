import type { Clock } from '../../hal/os/clock.ts';
import { disksBelow } from '../../hal/system/disks-below.ts';
import type { WireMessage } from '../feed/wire.ts';
import { Trouble } from './disk-fault.ts';
import { Reel, type ReelStep } from './fragment-writer.ts';
import { ToldFile } from './published-recording.ts';
import { repairFolder } from './repair.ts';
import type { ReplayNews } from './replay.ts';
import { tellStored } from './replay-events.ts';
import type { FromRecorder, TargetSettings, TargetState } from './settings.ts';
import { describeTarget } from './target-state.ts';
import { Unsafe } from './unsynced.ts';
import { makeRoom, openFolder, type Room, TargetError, targetErrorOf } from './volume.ts';
import { WriteRate } from './write-rate.ts';

export interface TargetOptions {
  readonly settings: TargetSettings;
  /** Unix time of media time 0, in ms. */
  readonly epochMs: number;
  readonly trackIds: readonly string[];
  readonly clock: Clock;
  readonly tell: (message: FromRecorder) => void;
  /** CLOCK_MONOTONIC in ms, the same in all processes. */
  readonly monotonicMs: () => number;
}

/**
 * Between two syncs. With the part under way (0.2 s) and the sync itself it
 * bounds what a power cut takes; less of it wears the card more.
 */
const SYNC_EVERY_MS = 400;
const LOOK_EVERY_MS = 2_000;

/**
 * Writes one target's copy of what is on air. Whatever its disk does becomes a
 * state with a name, and is tried again; nothing is thrown.
 *
 * Call one method at a time; `state` may be asked for at any time.
 */
export class Target {
  readonly #options: TargetOptions;
  readonly #reel: Reel;
  #isOn = false;
  #dropId: string | undefined;
  #file: ToldFile | undefined;
  #disks: readonly string[] | undefined;
  #room: Room | undefined;
  #isPrepared = false;
  #syncedAtMs = 0;
  #lookedAtMs = 0;
  readonly #trouble: Trouble;
  readonly #unsafe = new Unsafe();
  readonly #rate = new WriteRate();
  #lostMs = 0;

  constructor(options: TargetOptions) {
    this.#options = options;
    this.#trouble = new Trouble(options.settings.folder);
    this.#reel = new Reel(options.epochMs, options.trackIds);
  }

  async take(message: WireMessage): Promise<void> {
    switch (message.type) {
      case 'on':
        this.#isOn = true;
        this.#dropId = message.dropId;
        if (!message.isFromStart) await this.#apply(this.#reel.interrupt('lost'));
        return;
      case 'init':
        this.#reel.setInit(message.trackId, message.initId, message.bytes);
        return;
      case 'part':
        return await this.#record(message);
      case 'lost':
        this.#trouble.failuresTotal += 1;
        this.#lostMs += message.lostMs;
        this.#note('recording could not keep up', { lostMs: Math.round(message.lostMs) });
        return await this.#apply(this.#reel.interrupt('lost'));
      case 'off':
        this.#isOn = false;
        if (this.#isPrepared) this.#trouble.forget();
        return await this.#apply(this.#reel.stop());
    }
  }

  /** What time brings: syncs, a look at the disk, a new try. Call it a few times a second. */
  async tick(): Promise<void> {
    const nowMs = this.#nowMs();
    if (!this.#isPrepared) {
      if (this.#trouble.mayRetry(nowMs)) await this.#prepare();
      return;
    }
    if (this.#file !== undefined && nowMs - this.#syncedAtMs >= SYNC_EVERY_MS) {
      await this.#try(() => this.#sync());
    }
    if (nowMs - this.#lookedAtMs >= LOOK_EVERY_MS) await this.#try(() => this.#look());
  }

  /** The feed has ended, without an `off` before it where `isOn`. */
  async close(): Promise<void> {
    await this.#apply(this.#reel.interrupt('lost'));
  }

  state(): TargetState {
    const nowMs = this.#nowMs();
    return describeTarget({
      settings: this.#options.settings,
      isOn: this.#isOn,
      trouble: this.#trouble.at(nowMs),
      name: this.#file?.name,
      disks: this.#disks,
      room: this.#room,
      writtenBps: this.#rate.bps(nowMs),
      lagMs: this.#unsafe.lagMs,
      failuresTotal: this.#trouble.failuresTotal,
      lostMs: this.#lostMs,
    });
  }

  async #record({ part, publishedMs }: Extract<WireMessage, { type: 'part' }>): Promise<void> {
    if (!this.#isOn) return;
    const isLead = part.trackId === this.#options.trackIds[0];
    if (!this.#isPrepared) {
      if (isLead) this.#lostMs += part.durationUs / 1000;
      return;
    }
    if (isLead) this.#unsafe.add(part, publishedMs);
    await this.#apply(this.#reel.push(part));
  }

  async #apply(steps: readonly ReelStep[]): Promise<void> {
    for (const step of steps) {
      const isDone = await this.#try(() => this.#applyOne(step));
      if (!isDone) return;
    }
  }

  async #applyOne(step: ReelStep): Promise<void> {
    const { settings, epochMs } = this.#options;
    if (step.type === 'begin') {
      this.#file = await ToldFile.begin(
        settings.folder,
        { epochMs, dropId: this.#dropId },
        step,
        this.#tellNews,
      );
      this.#syncedAtMs = this.#nowMs();
      this.#note('recording', { name: this.#file.name });
    } else if (step.type === 'fragment') {
      await this.#file?.append(step);
    } else {
      await this.#finish(step.reason, step.reason !== 'lost' && step.reason !== 'failed');
      this.#tellSafe();
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
    const bytes = (await this.#file?.sync()) ?? 0;
    this.#syncedAtMs = this.#nowMs();
    if (bytes === 0) return;
    // Not before now is it certain that the disk takes what it is given.
    this.#trouble.isOver();
    this.#rate.add(bytes, this.#syncedAtMs);
    this.#tellSafe();
  }

  #tellSafe(): void {
    const safe = this.#unsafe.synced(this.#options.monotonicMs());
    if (safe !== undefined) this.#options.tell({ type: 'safe', ...safe });
  }

  /** Opens the folder, mends what lies in it, makes room. */
  async #prepare(): Promise<void> {
    const { settings } = this.#options;
    const isReady = await this.#try(async () => {
      await openFolder(settings);
      this.#disks = await disksBelow(settings.folder);
      for (const { name, outcome, ...bytes } of await repairFolder(settings.folder)) {
        this.#note(`recording ${outcome}`, { name, ...bytes });
      }
      this.#room = await this.#makeRoom();
    });
    if (!isReady) return;
    this.#isPrepared = true;
    if (!this.#isOn) this.#trouble.forget();
    this.#lookedAtMs = this.#nowMs();
    await this.#try(() => tellStored(settings.folder, this.#tellNews, this.#file?.name));
  }

  async #look(): Promise<void> {
    const { folder } = this.#options.settings;
    this.#lookedAtMs = this.#nowMs();
    // Writing to what was unmounted or deleted goes well until it is closed.
    if ((await this.#file?.isIn(folder)) === false) {
      throw new TargetError('gone', `${folder}: another disk is mounted there`);
    }
    this.#room = await this.#makeRoom();
  }

  async #makeRoom(): Promise<Room> {
    const room = await makeRoom(this.#options.settings, this.#file?.name);
    for (const name of room.deleted) {
      this.#note('deleted the oldest recording', { name });
      this.#tellNews({ type: 'deleted', name });
    }
    return room;
  }

  /** @returns false where it failed; that is told then, and all that is open is given up. */
  async #try(work: () => Promise<void>): Promise<boolean> {
    this.#trouble.ask(this.#nowMs());
    try {
      await work();
      return true;
    } catch (error) {
      await this.#fail(targetErrorOf(error, this.#options.settings.folder));
      return false;
    } finally {
      this.#trouble.answered();
    }
  }

  async #fail(error: TargetError): Promise<void> {
    // The steps end a file that is given up already.
    this.#reel.interrupt('failed');
    this.#unsafe.drop();
    this.#isPrepared = false;
    const { failure, message: reason } = error;
    if (this.#trouble.fail(error, this.#nowMs())) {
      this.#note('recording failed', { failure, reason });
    }
    // A full disk still takes the last record, out of what it keeps in reserve.
    await this.#finish(error.failure, false).catch(() => undefined);
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  readonly #tellNews = (news: ReplayNews): void => this.#options.tell({ type: 'news', news });

  #note(text: string, fields: Readonly<Record<string, unknown>>): void {
    this.#options.tell({
      type: 'note',
      text,
      fields: { target: this.#options.settings.id, ...fields },
    });
  }
}
