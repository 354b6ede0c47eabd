import type { ReelStep } from './fragment-writer.ts';
import { RecordingFile, type Show } from './recording-file.ts';
import type { ReplayNews } from './replay.ts';
import { Narrator } from './replay-events.ts';

/** A recording under way, told of to the replay as it becomes safe. Rejects as {@link RecordingFile} does. */
export class ToldFile {
  readonly #file: RecordingFile;
  readonly #narrator: Narrator;

  private constructor(file: RecordingFile, narrator: Narrator) {
    this.#file = file;
    this.#narrator = narrator;
  }

  static async begin(
    folder: string,
    show: Show,
    step: Extract<ReelStep, { type: 'begin' }>,
    tell: (news: ReplayNews) => void,
  ): Promise<ToldFile> {
    const file = await RecordingFile.create(folder, show, step);
    return new ToldFile(file, new Narrator(file, show, tell));
  }

  get name(): string {
    return this.#file.name;
  }

  async append(step: Extract<ReelStep, { type: 'fragment' }>): Promise<void> {
    await this.#file.append(step);
  }

  /** @returns how many bytes of media are safe now that were not. */
  async sync(): Promise<number> {
    const fragments = await this.#file.sync();
    if (fragments.length > 0) this.#narrator.synced(fragments);
    return fragments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async finish(reason: string, hasAll: boolean): Promise<void> {
    const { fragments, isComplete } = await this.#file.finish(reason, hasAll);
    this.#narrator.ended(fragments, isComplete);
  }

  async isIn(folder: string): Promise<boolean> {
    return await this.#file.isIn(folder);
  }

  /** Closes as it is; repair will find it. Never rejects. */
  async abandon(): Promise<void> {
    await this.#file.abandon();
  }
}
