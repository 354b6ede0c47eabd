/** What the recorders report to the replay. */
import { readInside } from '../../hal/os/open-inside.ts';
import { type FragmentEntry, JOURNAL_MAX_BYTES, parseJournal } from './files/journal.ts';
import { isOfBox, listRecordings, type OwnStored } from './files/library.ts';
import type { RecordedDrop, RecordingFile } from './files/recording-file.ts';
import type { ReplayEvent } from './replay.ts';
import { type ReplayRecording, SegmentGrouper } from './replay-segments.ts';

/** No drop that the replay still shows has older ones. */
const STORED_MAX = 24;
/** Of all that are reported, in messages between processes and in a playlist: 33 hours. */
const SEGMENTS_MAX = 30_000;

/** Of a running recording, as it is synced. */
export class RecordingReporter {
  readonly #send: (event: ReplayEvent) => void;
  readonly #grouper: SegmentGrouper;
  readonly #name: string;

  constructor(
    file: RecordingFile,
    { epochMs, dropId }: RecordedDrop,
    send: (event: ReplayEvent) => void,
  ) {
    this.#send = send;
    this.#name = file.name;
    const { headerBytes } = file;
    this.#grouper = new SegmentGrouper(headerBytes);
    const [isComplete, isRunning] = [false, true];
    const { name } = file;
    const figures = { name, epochMs, dropId, headerBytes };
    const recording = { ...figures, isComplete, isRunning, segments: [] };
    send({ type: 'recording', recording });
  }

  synced(fragments: readonly FragmentEntry[]): void {
    const segments = this.#grouper.add(fragments);
    if (segments.length > 0) this.#send({ type: 'segments', name: this.#name, segments });
  }

  /** @param fragments The last ones that were synced. */
  ended(fragments: readonly FragmentEntry[], isComplete: boolean): void {
    const segments = [...this.#grouper.add(fragments), ...this.#grouper.end()];
    if (segments.length > 0) this.#send({ type: 'segments', name: this.#name, segments });
    this.#send({ type: 'ended', name: this.#name, isComplete });
  }
}

/**
 * Reports the newest recordings of this box in a folder, without the running one: as many as the
 * replay can take.
 */
export async function reportStored(
  folder: string,
  send: (event: ReplayEvent) => void,
  { running, openings, boxId }: OwnStored = {},
): Promise<void> {
  const stored = (await listRecordings(folder, openings)).filter(
    (one) => one.name !== running && isOfBox(one, boxId),
  );
  const newest: ReplayRecording[] = [];
  let left = SEGMENTS_MAX;
  for (const { name } of stored.slice(-STORED_MAX).toReversed()) {
    const recording = await readStored(folder, name);
    if (recording === undefined || recording.segments.length > left) continue;
    left -= recording.segments.length;
    newest.push(recording);
  }
  for (const recording of newest.toReversed()) send({ type: 'recording', recording });
}

/** undefined without its journal: it cannot be seeked. The file stays, the replay leaves it out. */
async function readStored(folder: string, name: string): Promise<ReplayRecording | undefined> {
  const journalName = `${name}.journal`;
  const bytes = await readInside(folder, journalName, JOURNAL_MAX_BYTES).catch(() =>
    Buffer.alloc(0),
  );
  const journal = parseJournal(bytes);
  if (journal?.end === undefined) return undefined;
  const { epochMs, dropId, headerBytes } = journal.open;
  const grouper = new SegmentGrouper(headerBytes);
  const segments = [...grouper.add(journal.fragments), ...grouper.end()];
  const { isComplete } = journal.end;
  return { name, epochMs, dropId, headerBytes, isComplete, isRunning: false, segments };
}
