/** Our player: LL-HLS parts straight into Media Source Extensions. */
import { parseMultivariant } from './playlist.ts';
import { ScreenClock } from './screen-clock.ts';
import { LiveSession } from './session.ts';

export interface Player {
  readonly kind: 'venuebox' | 'hls.js' | 'native';
  /** The rendition on screen, as the playlists call it. */
  rendition(): string;
  /** From the camera to the screen, in ms; undefined while it is not known. */
  latencyMs(): number | undefined;
  /** Resolves when the stream ends, rejects when the player has to be opened again. */
  readonly done: Promise<void>;
}

/** The box answers, and has no stream now. */
export class StreamRefused extends Error {}

/** True where this browser has Media Source Extensions with H.264 and AAC. */
export function canRunLive(): boolean {
  return (
    'MediaSource' in window &&
    MediaSource.isTypeSupported('video/mp4; codecs="avc1.4d401f,mp4a.40.2"') &&
    typeof AbortSignal.any === 'function'
  );
}

/**
 * Plays about 0.35 s behind the camera.
 *
 * Rejects with {@link StreamRefused} while there is no stream.
 */
export async function openLive(
  video: HTMLVideoElement,
  playlistUrl: URL,
  serverNowMs: () => number,
  hasSound: boolean,
  signal: AbortSignal,
): Promise<Player> {
  const multivariant = parseMultivariant(await fetchText(playlistUrl, signal));
  const source = new MediaSource();
  const opened = once(source, 'sourceopen', signal);
  video.src = URL.createObjectURL(source);
  try {
    await opened;
  } finally {
    URL.revokeObjectURL(video.src);
  }
  source.duration = Number.POSITIVE_INFINITY;
  const clock = new ScreenClock(video, serverNowMs);
  clock.watch(signal);
  const session = new LiveSession(
    video,
    source,
    playlistUrl,
    hasSound ? multivariant : { ...multivariant, audio: undefined },
    clock,
  );
  return {
    kind: 'venuebox',
    rendition: () => session.rendition(),
    latencyMs: () => session.latencyMs(),
    done: session.run(signal),
  };
}

async function fetchText(url: URL, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new StreamRefused(`${url.pathname}: ${response.status}`);
  return await response.text();
}

function once(target: EventTarget, event: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    target.addEventListener(event, () => resolve(), { once: true });
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
