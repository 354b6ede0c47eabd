/** Media Source Extensions: Apple's ManagedMediaSource, which iPhones have alone, or MediaSource. */
import { onceFired } from './signals.ts';

/**
 * Safari 17.1 and later (https://www.w3.org/TR/media-source-2/#managedmediasource-interface).
 * The TypeScript library does not have it yet.
 */
interface ManagedMediaSource extends MediaSource {
  /** False while the browser wants no more media. */
  readonly streaming: boolean;
}

interface MediaSourceType {
  new (): MediaSource;
  isTypeSupported(type: string): boolean;
}

type Scope = Partial<Record<'MediaSource' | 'ManagedMediaSource', MediaSourceType>>;

const H264_AND_AAC = 'video/mp4; codecs="avc1.4d401f,mp4a.40.2"';
const OPEN_TIMEOUT_MS = 8_000;

/** The browser has Media Source Extensions, and does not open a source of them. */
export class SourceNotOpened extends Error {}

/** True where this browser has Media Source Extensions with H.264 and AAC. */
export function hasMediaSource(): boolean {
  return sourceType()?.isTypeSupported(H264_AND_AAC) ?? false;
}

/**
 * Resolves when the source is open.
 *
 * A managed source opens only where remote playback is off, or where the video has another
 * source for it: with AirPlay that is the playlist.
 */
export async function attachSource(
  video: HTMLVideoElement,
  playlistUrl: URL,
  signal: AbortSignal,
): Promise<MediaSource> {
  const Type = sourceType();
  if (Type === undefined) throw new SourceNotOpened('this browser has no Media Source Extensions');
  const source = new Type();
  const url = URL.createObjectURL(source);
  const opened = onceFired(source, 'sourceopen', signal, OPEN_TIMEOUT_MS);
  if ('streaming' in source && hasAirPlay()) attachBesideAirPlay(video, url, playlistUrl);
  else {
    video.disableRemotePlayback = true;
    video.src = url;
  }
  try {
    await opened;
  } catch (cause) {
    signal.throwIfAborted();
    throw new SourceNotOpened('the browser did not open the media source', { cause });
  } finally {
    URL.revokeObjectURL(url);
  }
  return source;
}

/** Calls `onChange` whenever the browser wants media, or no more of it; a plain MediaSource always does. */
export function watchStreaming(source: MediaSource, onChange: (isWanted: boolean) => void): void {
  if (!('streaming' in source)) return;
  source.addEventListener('startstreaming', () => onChange(true));
  source.addEventListener('endstreaming', () => onChange(false));
  onChange((source as ManagedMediaSource).streaming);
}

/** Calls `onEvicted` with the end of each range that the browser removes from a managed buffer. */
export function watchEviction(buffer: SourceBuffer, onEvicted: (endS: number) => void): void {
  buffer.addEventListener('bufferedchange', (event) => {
    const { removedRanges } = event as Event & { readonly removedRanges?: TimeRanges };
    if (removedRanges === undefined || removedRanges.length === 0) return;
    onEvicted(removedRanges.end(removedRanges.length - 1));
  });
}

/**
 * Managed where there are both, on iPads and Macs: it saves their battery, and with it a picture
 * can go to a television (https://www.webkit.org/blog/15036/how-to-use-media-source-extensions-with-airplay/).
 */
function sourceType(): MediaSourceType | undefined {
  const { MediaSource, ManagedMediaSource } = window as Scope;
  return ManagedMediaSource ?? MediaSource;
}

function hasAirPlay(): boolean {
  return 'WebKitPlaybackTargetAvailabilityEvent' in window;
}

function attachBesideAirPlay(video: HTMLVideoElement, url: string, playlistUrl: URL): void {
  const sources = [
    { src: url, type: 'video/mp4' },
    { src: playlistUrl.href, type: 'application/vnd.apple.mpegurl' },
  ].map((attributes) => Object.assign(document.createElement('source'), attributes));
  video.disableRemotePlayback = false;
  video.removeAttribute('src');
  video.replaceChildren(...sources);
  video.load();
}
