/** What an edge has for viewers by WebRTC, which its upstream decides. */
import { setTimeout as sleep } from 'node:timers/promises';
import { anySignal } from '../../../hal/os/async.ts';
import { OPUS_STREAM } from '../../push/opus.ts';
import type { StreamStart } from '../../whep/stream-time.ts';
import type { EdgePushes } from '../pushes.ts';
import { type Ladder, namesOf } from './ladder.ts';

/** Sent to the daemon, which starts the WHEP process with it. */
export interface WhepSource extends Ladder {
  /** Media time 0 by the upstream's dates, some time before its present frames. */
  readonly start: StreamStart;
}

/** Why there is none now, as a viewer is answered. */
export interface NoSource {
  readonly reason: string;
  /** It may be there in a moment. */
  readonly isSoon: boolean;
}

export const NOT_LIVE: NoSource = { reason: 'the stream is not live', isSoon: true };
/** Also where it pushes nothing at all. */
const NO_OPUS: NoSource = {
  reason: 'the box with the camera must have viewers.whep.port set, and viewers.push not off',
  isSoon: false,
};

export interface SourceDeps {
  readonly streams: Pick<EdgePushes, 'read'>;
  /** Of the upstream, with all renditions; undefined where it has no stream now. */
  readonly ladder: (signal: AbortSignal) => Promise<Ladder | undefined>;
  /** CLOCK_MONOTONIC. */
  readonly nowUs: () => number;
}

/** A frame comes at once, or not now. */
const FIRST_MAX_MS = 3_000;
/** Key frames, and what followed them, are older than what comes first. */
const BEFORE_MS = 60_000;
/** Later dates are not exact in microseconds: the year 2255. */
const DATE_MAX_MS = 9e12;

/** Looks for what the upstream has: its renditions, the sound as Opus, and its clock. */
export async function findSource(
  { streams, ladder, nowUs }: SourceDeps,
  signal: AbortSignal,
): Promise<WhepSource | NoSource> {
  const found = await ladder(signal);
  const [first] = namesOf(found);
  if (found === undefined || first === undefined) return NOT_LIVE;
  const rendition = found.hasSound ? OPUS_STREAM : first;
  const over = new AbortController();
  using ends = anySignal(signal, over.signal);
  let dateMs: number | undefined;
  const timer = sleep(FIRST_MAX_MS, undefined, { signal: ends.signal }).then(
    () => over.abort(),
    () => undefined,
  );
  const status = await streams.read(
    { rendition, chunk: 'frame' },
    (header) => {
      if (header.kind === 'media') dateMs ??= header.dateMs;
      if (dateMs !== undefined) over.abort();
    },
    ends.signal,
  );
  over.abort();
  await timer;
  if (dateMs !== undefined && dateMs >= 0 && dateMs < DATE_MAX_MS) {
    const epochMs = Math.floor(dateMs) - BEFORE_MS;
    return { ...found, start: { epochMs, monotonicUs: nowUs() - BEFORE_MS * 1000 } };
  }
  return status === 404 ? NO_OPUS : NOT_LIVE;
}

export function hasSameTracks(a: WhepSource, b: WhepSource): boolean {
  const tracks = ({ renditions, hasSound }: WhepSource) => JSON.stringify([renditions, hasSound]);
  return tracks(a) === tracks(b);
}
