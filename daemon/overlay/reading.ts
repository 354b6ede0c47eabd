/** Judges what the box reads of its own code, and enlarges the code until it can be read. Pure. */
import { type CodeSizes, nearestPct } from '../../pipelines/overlay/code-sprite.ts';
import type { PictureSize } from '../../pipelines/overlay/layout.ts';
import type { Area } from '../../pipelines/overlay/sprite.ts';
import type { Scan, ScanArea } from '../../pipelines/scan/messages.ts';
import type { CodeReadings, Readability } from '../model/overlay.ts';

/** Of each rendition the newest readings of one code in one size, the newest last. */
type History = Readonly<Record<string, readonly boolean[]>>;

export interface Judged {
  readonly sizePct: number;
  readonly readability: Readability;
  readonly history: History;
}

/** So many pictures of each rendition are looked back on. */
const LOOK_BACK = 100;
/** Of those, missed by more than this share the code gets larger: 99 % of the frames are to be read. */
const MISSED_MAX = 0.01;
/** One miss in few pictures may be a chance; two are none. */
const MISSES_MIN = 2;
/** From one size to the next. */
const STEP = 1.25;

/** Nothing is known of a code that was just drawn. */
export function unjudged(wantedPct: number, sizes: CodeSizes): Judged {
  return { sizePct: nearestPct(wantedPct, sizes), readability: 'unknown', history: {} };
}

/** @param link What the code says: anything else is a miss. */
export function judge(before: Judged, { readings }: Scan, link: string, sizes: CodeSizes): Judged {
  const history: Record<string, readonly boolean[]> = { ...before.history };
  for (const { rendition, text } of readings) {
    history[rendition] = [...(history[rendition] ?? []), text === link].slice(-LOOK_BACK);
  }
  const isBad = Object.values(history).some((reads) => {
    const missed = reads.filter((isRead) => !isRead).length;
    return missed >= MISSES_MIN && missed / reads.length > MISSED_MAX;
  });
  const { sizePct } = before;
  const largerPct = nearestPct(Math.max(sizePct * STEP, sizePct + sizes.stepPct), sizes);
  if (isBad && largerPct > sizePct) return unjudged(largerPct, sizes);
  const isRead = Object.values(history).every((reads) => reads.at(-1) === true);
  const readability = isBad ? 'unreadable' : isRead ? 'readable' : 'doubtful';
  return { ...before, readability, history };
}

export function readingsOf({ history }: Judged): readonly CodeReadings[] {
  return Object.entries(history).map(([rendition, reads]) => {
    const read = reads.filter((isRead) => isRead).length;
    return { rendition, read, of: reads.length };
  });
}

/** Where a picture is looked at. */
export function shareOf(area: Area, { widthPx, heightPx }: PictureSize): ScanArea {
  return {
    left: area.leftPx / widthPx,
    top: area.topPx / heightPx,
    width: area.widthPx / widthPx,
    height: area.heightPx / heightPx,
  };
}
