/** After a stream's end: when does the box have another one? */
import { fetchText } from './live.ts';
import { parseMedia, parseMultivariant } from './playlist.ts';

/** Many phones wait at once: they do not ask all at the same moment. */
const ASK_EVERY_MS = 2_000 + 1_000 * Math.random();

/** Resolves when the playlists are of a stream that goes on, or when `signal` is aborted. */
export async function waitForNextStream(playlistUrl: URL, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    if (await isGoingOn(playlistUrl, signal).catch(() => false)) return;
  }
}

async function isGoingOn(playlistUrl: URL, signal: AbortSignal): Promise<boolean> {
  const fresh = { signal, cache: 'no-store' } as const;
  const { variants, audio } = parseMultivariant(await fetchText(playlistUrl, fresh));
  const uri = variants[0]?.uri ?? audio?.uri;
  if (uri === undefined) return false;
  return !parseMedia(await fetchText(new URL(uri, playlistUrl), fresh)).isEnded;
}
