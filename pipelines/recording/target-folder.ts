/** A target's folder: opened, repaired after a power cut, and with its reserve free. */
import { disksBelow } from '../../hal/system/disks-below.ts';
import { repairFolder } from './files/repair.ts';
import type { PublishedRecording } from './published-recording.ts';
import type { ReplayEvent } from './replay.ts';
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

  constructor(settings: TargetSettings, events: TargetFolderEvents) {
    this.#settings = settings;
    this.#events = events;
  }

  async prepare(): Promise<void> {
    const { folder } = this.#settings;
    await openFolder(this.#settings);
    this.disks = await disksBelow(folder);
    for (const { name, outcome, ...bytes } of await repairFolder(folder)) {
      this.#events.log(`recording ${outcome}`, { name, ...bytes });
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
    await this.#freeUpSpace(file?.name);
  }

  async #freeUpSpace(running: string | undefined): Promise<void> {
    const space = await freeUpSpace(this.#settings, running);
    for (const name of space.deleted) {
      this.#events.log('oldest recording deleted', { name });
      this.#events.onReplayEvent({ type: 'deleted', name });
    }
    this.space = space;
  }
}
