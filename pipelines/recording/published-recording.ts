/** A recording that is being written; the replay learns of what is synced. */

import { type RecordedDrop, RecordingFile } from './files/recording-file.ts';
import type { WriteStep } from './files/write-step.ts';
import type { ReplayEvent } from './replay.ts';
import { RecordingReporter } from './replay-events.ts';

/** Rejects as {@link RecordingFile} does. */
export class PublishedRecording {
  readonly #file: RecordingFile;
  readonly #reporter: RecordingReporter;

  private constructor(file: RecordingFile, reporter: RecordingReporter) {
    this.#file = file;
    this.#reporter = reporter;
  }

  static async begin(
    folder: string,
    drop: RecordedDrop,
    step: Extract<WriteStep, { type: 'begin' }>,
    send: (event: ReplayEvent) => void,
  ): Promise<PublishedRecording> {
    const file = await RecordingFile.create(folder, drop, step);
    return new PublishedRecording(file, new RecordingReporter(file, drop, send));
  }

  get name(): string {
    return this.#file.name;
  }

  /** Of what is complete on the disk. */
  get bytes(): number {
    return this.#file.bytes;
  }

  append(step: Extract<WriteStep, { type: 'fragment' }>): void {
    this.#file.append(step);
  }

  /** @returns how many bytes of media this sync has put on the disk. */
  async sync(): Promise<number> {
    const fragments = await this.#file.sync();
    if (fragments.length > 0) this.#reporter.synced(fragments);
    return fragments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async finish(reason: string, hasAll: boolean): Promise<void> {
    const { fragments, isComplete } = await this.#file.finish(reason, hasAll);
    this.#reporter.ended(fragments, isComplete);
  }

  async isIn(folder: string): Promise<boolean> {
    return await this.#file.isIn(folder);
  }

  /** Closes as it is; repair will find it. Never rejects. */
  async abandon(): Promise<void> {
    await this.#file.abandon();
  }
}
