/** Recordings on a disk, as far as a gap needs them. */
import { createHash } from 'node:crypto';
import { readAt } from '../../hal/os/durable.ts';
import { openInside, readInside } from '../../hal/os/open-inside.ts';
import { JOURNAL_MAX_BYTES, parseJournal } from '../recording/files/journal.ts';
import { isOfBox, listRecordings, ownBoxId } from '../recording/files/library.ts';
import type { Gap } from './gaps.ts';
import type { JournalOf, Piece } from './plan.ts';

/** A recording is cut at each full hour; the clock may have been set. */
const LONGEST_MS = 2 * 3_600_000;

/**
 * The recordings of a folder that may have something of this gap, the oldest first.
 *
 * @param boxId Of this box: what another one recorded then is not sent as this one's.
 */
export async function readJournals(
  folder: string,
  gap: Gap,
  boxId = ownBoxId(),
): Promise<readonly JournalOf[]> {
  const stored = await listRecordings(folder).catch(() => []);
  const untilMs = gap.untilMs ?? gap.fromMs;
  const near = stored.filter((one) => {
    const startMs = startOf(one.name);
    return (
      isOfBox(one, boxId) && startMs > gap.fromMs - LONGEST_MS && startMs < untilMs + LONGEST_MS
    );
  });
  const found: JournalOf[] = [];
  for (const { name } of near) {
    const bytes = await readInside(folder, `${name}.journal`, JOURNAL_MAX_BYTES).catch(() =>
      Buffer.alloc(0),
    );
    const journal = parseJournal(bytes);
    if (journal !== undefined) found.push({ name, journal });
  }
  return found;
}

/** Of `venuebox-20261129T170000.000Z`. */
function startOf(name: string): number {
  const [, y, mo, d, h, mi, s] =
    /^venuebox-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d\.\d{3})Z/.exec(name) ?? [];
  return Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
}

/** The bytes of a piece. Rejects where the recording is gone or shorter. */
export async function readPiece(folder: string, piece: Piece): Promise<Buffer> {
  if ('text' in piece) return Buffer.from(piece.text);
  const { name, offset, bytes } = piece.from;
  const movie = await openInside(folder, `${name}.mp4`);
  try {
    const read = await readAt(movie, offset, bytes);
    if (read.length < bytes) throw new Error(`${name}.mp4 is shorter than its journal says`);
    return read;
  } finally {
    await movie.close();
  }
}

export function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
