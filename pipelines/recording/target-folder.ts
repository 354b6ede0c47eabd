/** A target's folder: opened, repaired after a power cut, and with its reserve free. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { disksBelow } from '../../hal/system/disks-below.ts';
import { nextSequence, type Openings } from './files/library.ts';
import type { RecordedDrop } from './files/recording-file.ts';
import { repairFolder } from './files/repair.ts';
import type { WriteStep } from './files/write-step.ts';
import { PublishedRecording } from './published-recording.ts';
import type { ReplayEvent } from './replay.ts';
import { reportStored } from './replay-events.ts';
import type { TargetSettings } from './settings.ts';
import { type FreeSpace, freeUpSpace, openFolder, TargetError } from './volume.ts';

export interface TargetFolderEvents {
  readonly log: (text: string, fields: Readonly<Record<string, unknown>>) => void;
  readonly onReplayEvent: (event: ReplayEvent) => void;
}

/** Each method rejects with a {@link TargetError}, or with what the file system said. */
export class TargetFolder {
  readonly #settings: TargetSettings;
  readonly #events: TargetFolderEvents;
  disks: readonly string[] | undefined;
  space: FreeSpace | undefined;
  readonly #boxId: string | undefined;
  readonly #openings: Openings = new Map();
  /** Reported once. */
  readonly #unreadable = new Set<string>();

  /** @param boxId Of this box, in what it records. */
  constructor(settings: TargetSettings, events: TargetFolderEvents, boxId: string | undefined) {
    this.#settings = settings;
    this.#events = events;
    this.#boxId = boxId;
  }

  async prepare(): Promise<void> {
    const { folder } = this.#settings;
    await openFolder(this.#settings);
    this.disks = await disksBelow(folder);
    // It may be another disk than before.
    this.#openings.clear();
    for (const { name, outcome, ...bytes } of await repairFolder(folder)) {
      const isKnown = outcome === 'unreadable' && this.#unreadable.has(name);
      if (!isKnown) this.#events.log(`recording ${outcome}`, { name, ...bytes });
      if (outcome === 'unreadable') this.#unreadable.add(name);
    }
    await this.#freeUpSpace(undefined);
  }

  /** @param file The recording that is being written. */
  async check(file: PublishedRecording | undefined): Promise<void> {
    const { folder } = this.#settings;
    // Writes to a disk that was unmounted, or to a deleted file, succeed until it is closed.
    if ((await file?.isIn(folder)) === false) {
      throw new TargetError('gone', `${folder}: another disk is mounted there`);
    }
    await access(folder, constants.W_OK);
    await this.#freeUpSpace(file?.name);
  }

  /** Reports the newest recordings, without the running one. */
  async reportStored(running: string | undefined): Promise<void> {
    const { onReplayEvent } = this.#events;
    await reportStored(this.#settings.folder, onReplayEvent, this.#own(running));
  }

  /** Creates the next recording. */
  async begin(
    drop: Omit<RecordedDrop, 'sequence' | 'boxId'>,
    step: Extract<WriteStep, { type: 'begin' }>,
  ): Promise<PublishedRecording> {
    const opening = { sequence: nextSequence(this.#openings), boxId: this.#boxId };
    const { folder } = this.#settings;
    const numbered = { ...drop, ...opening };
    const file = await PublishedRecording.begin(folder, numbered, step, this.#events.onReplayEvent);
    this.#openings.set(file.name, opening);
    return file;
  }

  #own(running: string | undefined) {
    return { running, openings: this.#openings, boxId: this.#boxId };
  }

  async #freeUpSpace(running: string | undefined): Promise<void> {
    const space = await freeUpSpace(this.#settings, this.#own(running));
    for (const name of space.deleted) {
      this.#events.log('oldest recording deleted', { name });
      this.#events.onReplayEvent({ type: 'deleted', name });
    }
    this.space = space;
  }
}
