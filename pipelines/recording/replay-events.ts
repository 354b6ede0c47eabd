import { readFile } from 'node:fs/promises';
import { type FragmentEntry, parseJournal } from './journal.ts';
import { listRecordings } from './library.ts';
import { journalPath, type RecordingFile, type Show } from './recording-file.ts';
import type { ReplayNews } from './replay.ts';
import { SegmentGrouper } from './replay-segments.ts';

/** Older ones are on the disk, but no drop that is still shown reaches so far back. */
const STORED_MAX = 24;

/** Tells of a running recording what a replay needs, as it becomes safe. */
export class Narrator {
  readonly #tell: (news: ReplayNews) => void;
  readonly #grouper: SegmentGrouper;
  readonly #name: string;

  constructor(file: RecordingFile, { epochMs, dropId }: Show, tell: (news: ReplayNews) => void) {
    this.#tell = tell;
    this.#name = file.name;
    const { headerBytes } = file;
    this.#grouper = new SegmentGrouper(headerBytes);
    const [isComplete, isRunning] = [false, true];
    const { name } = file;
    const figures = { name, epochMs, dropId, headerBytes };
    const recording = { ...figures, isComplete, isRunning, segments: [] };
    tell({ type: 'recording', recording });
  }

  synced(fragments: readonly FragmentEntry[]): void {
    const segments = this.#grouper.add(fragments);
    if (segments.length > 0) this.#tell({ type: 'segments', name: this.#name, segments });
  }

  /** @param fragments The last ones that were synced. */
  ended(fragments: readonly FragmentEntry[], isComplete: boolean): void {
    const segments = [...this.#grouper.add(fragments), ...this.#grouper.end()];
    if (segments.length > 0) this.#tell({ type: 'segments', name: this.#name, segments });
    this.#tell({ type: 'ended', name: this.#name, isComplete });
  }
}

/** Tells of the newest recordings that are in a folder, the running one left out. */
export async function tellStored(
  folder: string,
  tell: (news: ReplayNews) => void,
  running?: string,
): Promise<void> {
  const stored = (await listRecordings(folder)).filter(({ name }) => name !== running);
  for (const { name } of stored.slice(-STORED_MAX)) {
    // A movie whose journal is gone cannot be sought in: it is kept, and not shown.
    const bytes = await readFile(journalPath(folder, name)).catch(() => Buffer.alloc(0));
    const journal = parseJournal(bytes);
    if (journal?.end === undefined) continue;
    const { epochMs, dropId, headerBytes } = journal.open;
    const grouper = new SegmentGrouper(headerBytes);
    const segments = [...grouper.add(journal.fragments), ...grouper.end()];
    const { isComplete } = journal.end;
    tell({
      type: 'recording',
      recording: { name, epochMs, dropId, headerBytes, isComplete, isRunning: false, segments },
    });
  }
}
