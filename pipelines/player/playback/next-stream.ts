/** After a stream's end: when does the box have another one? */
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
  const text = await fetchPlaylist(playlistUrl, signal);
  if (text === undefined) return false;
  const { variants, audio } = parseMultivariant(text);
  const uri = variants[0]?.uri ?? audio?.uri;
  if (uri === undefined) return false;
  const media = await fetchPlaylist(new URL(uri, playlistUrl), signal);
  return media !== undefined && !parseMedia(media).isEnded;
}

/** Undefined where the box has no stream now. */
async function fetchPlaylist(url: URL, signal: AbortSignal): Promise<string | undefined> {
  const response = await fetch(url, { signal, cache: 'no-store' });
  return response.ok ? await response.text() : undefined;
}
