/** Our player: LL-HLS parts straight into Media Source Extensions. */
import { attachSource } from './media-source.ts';
import { parseMultivariant } from './playlist.ts';
import type { Delivery } from './push/delivery.ts';
import { ScreenClock } from './screen-clock.ts';
import { LiveSession } from './session.ts';
import { anySignal, timeoutSignal } from './signals.ts';

export interface Player {
  readonly kind: 'venuebox' | 'whep' | 'hls.js' | 'native';
  /** The rendition on screen, as the playlists call it. */
  rendition(): string;
  /** From the camera to the screen, in ms; undefined while it is not known. */
  latencyMs(): number | undefined;
  /** Changes of rendition since it was opened. */
  switches(): number;
  /** How its media comes now, where that can change. */
  way?(): Delivery['way'];
  /** Stops at this picture; goes on from the live edge. */
  setPaused(isPaused: boolean): void;
  /** Resolves when the stream ends, rejects when the player has to be opened again. */
  readonly done: Promise<void>;
}

/** A source may open hours later, in the background: the ladder may be another one by then. */
const FRESH_MS = 3_000;

/** The box answers, and has no stream now. */
export class StreamRefused extends Error {}

/**
 * Plays about 0.35 s behind the camera, and nearer to it where media is pushed.
 *
 * @param pushed What the box is to push; where it does not, parts are fetched.
 * Rejects with {@link StreamRefused} while there is no stream, and with SourceNotOpened where
 * this browser cannot play it.
 */
export async function openLive(
  video: HTMLVideoElement,
  playlistUrl: URL,
  serverNowMs: () => number,
  hasSound: boolean,
  signal: AbortSignal,
  pushed?: 'part' | 'frame',
): Promise<Player> {
  const read = async () => parseMultivariant(await fetchText(playlistUrl, { signal }));
  // Where there is no stream yet, the video is left as it is; the second time, it has the new source.
  let multivariant = await read();
  const readMs = Date.now();
  const source = await attachSource(video, playlistUrl, signal);
  if (Date.now() - readMs > FRESH_MS) multivariant = await read();
  source.duration = Number.POSITIVE_INFINITY;
  const clock = new ScreenClock(video, serverNowMs);
  clock.watch(signal);
  const session = new LiveSession({
    video,
    source,
    base: playlistUrl,
    multivariant: hasSound ? multivariant : { ...multivariant, audio: undefined },
    clock,
    pushed,
  });
  return {
    kind: 'venuebox',
    rendition: () => session.rendition(),
    way: () => session.way(),
    latencyMs: () => session.latencyMs(),
    switches: () => session.switches(),
    setPaused: (isPaused) => session.setPaused(isPaused),
    done: session.run(signal),
  };
}

/** No answer comes on a network that is dead, and no error either. */
const ANSWER_MAX_MS = 8_000;

/** Rejects with {@link StreamRefused} while the box has no stream, and where no answer comes. */
export async function fetchText(
  url: URL,
  { signal, ...options }: Omit<RequestInit, 'signal'> & { readonly signal: AbortSignal },
): Promise<string> {
  const ends = anySignal(signal, timeoutSignal(ANSWER_MAX_MS));
  const response = await fetch(url, { ...options, signal: ends });
  if (!response.ok) throw new StreamRefused(`${url.pathname}: ${response.status}`);
  return await response.text();
}
