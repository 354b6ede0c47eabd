/** The replay: recordings of the present or last drop as one playlist that can be seeked. */
import type { Freshness } from '../http/cache/cache-control.ts';
import { digestOf } from '../http/cache/digest.ts';
import { fileReply } from '../http/file-reply.ts';
import type { HttpRequest } from '../http/handlers.ts';
import { type Reply, refuse } from '../http/reply.ts';
import { type Representation, respond } from '../http/respond.ts';
import { moviePath } from './files/recording-file.ts';
import { positionS, renderReplay } from './replay-playlist.ts';
import type { ReplayRecording, ReplaySegment } from './replay-segments.ts';

/** What the recorders report. */
export type ReplayEvent =
  | { readonly type: 'recording'; readonly recording: ReplayRecording }
  | {
      readonly type: 'segments';
      readonly name: string;
      readonly segments: readonly ReplaySegment[];
    }
  | { readonly type: 'ended'; readonly name: string; readonly isComplete: boolean }
  | { readonly type: 'deleted'; readonly name: string };

const PATH = /^\/replay\/(?:(index\.m3u8)|(venuebox-\d{8}T\d{6}\.\d{3}Z(?:-\d{1,3})?)\.mp4)$/;
const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl';
const LIVE_FRESHNESS: Freshness = { kind: 'window', maxAgeS: 2, staleIfErrorS: 60 };
const ENDED_FRESHNESS: Freshness = { kind: 'window', maxAgeS: 60, staleIfErrorS: 86_400 };

interface Copy {
  readonly folder: string;
  recording: ReplayRecording;
}

/** Knows of the recordings what their recorders report; the disk is read only to send bytes. */
export class Replay {
  readonly #dvrS: number;
  /** By target, then by name. */
  readonly #copies = new Map<string, Map<string, Copy>>();
  /** The drop that is live, or was last; undefined until one is named. */
  #dropId: string | undefined;
  #isEnded = false;
  /** Until something is reported: that of a long drop has thousands of lines, and any guest asks at any rate. */
  #playlist: Representation | undefined;

  /** @param dvrS How far back one can seek while live; 0 for not at all. */
  constructor(dvrS: number) {
    this.#dvrS = dvrS;
  }

  /** A drop starts, or goes on after a power failure: recordings of other drops are not part of it. */
  begin(dropId: string): void {
    this.#dropId = dropId;
    this.#isEnded = false;
    this.#playlist = undefined;
  }

  end(): void {
    this.#isEnded = true;
    this.#playlist = undefined;
  }

  /** The last drop of this box, between drops: a disk may have recordings of another one. */
  showLast(dropId: string): void {
    this.#dropId = dropId;
    this.#isEnded = true;
    this.#playlist = undefined;
  }

  /** @param targetId The recorder that sent it. @param folder Where its files are. */
  apply(targetId: string, folder: string, event: ReplayEvent): void {
    this.#playlist = undefined;
    const copies = this.#copies.get(targetId) ?? new Map<string, Copy>();
    this.#copies.set(targetId, copies);
    if (event.type === 'recording') {
      copies.set(event.recording.name, { folder, recording: event.recording });
      return;
    }
    const copy = copies.get(event.name);
    if (copy === undefined) return;
    const { recording } = copy;
    if (event.type === 'deleted') copies.delete(event.name);
    else if (event.type === 'segments') {
      copy.recording = { ...recording, segments: [...recording.segments, ...event.segments] };
    } else {
      copy.recording = { ...recording, isRunning: false, isComplete: event.isComplete };
    }
  }

  /** The recordings of the drop, the best copy of each. */
  recordings(): readonly ReplayRecording[] {
    return this.#best().map(({ recording }) => recording);
  }

  /**
   * Where a clip lies in the replay, in seconds: from where it begins, or from the start of
   * the drop. Undefined for one of another drop.
   */
  chapterS({ atMs, durationS }: { readonly atMs: number; readonly durationS: number }) {
    const recordings = this.recordings();
    const startS = positionS(recordings, atMs - durationS * 1000);
    if (startS !== undefined) return startS;
    const markS = positionS(recordings, atMs);
    return markS === undefined ? undefined : Math.max(0, markS - durationS);
  }

  /** undefined for other paths. */
  answer({ path, header }: HttpRequest): Reply | undefined {
    // Its page, `/replay/`, is not the recorder's.
    if (!path.startsWith('/replay/') || path === '/replay/') return undefined;
    const [, playlist, name] = PATH.exec(path) ?? [];
    if (playlist !== undefined) return this.#playlistFor(header);
    const copy = this.#best().find(({ recording }) => recording.name === name);
    return copy === undefined ? refuse(404, 'no such recording') : this.#movie(copy, header);
  }

  #playlistFor(header: HttpRequest['header']): Reply {
    if (!this.#isEnded && this.#dvrS === 0) return refuse(404, 'the replay comes after the drop');
    this.#playlist ??= this.#render();
    return this.#playlist === undefined
      ? refuse(404, 'nothing was recorded')
      : respond(header, this.#playlist);
  }

  #render(): Representation | undefined {
    const recordings = this.recordings();
    if (recordings.length === 0) return undefined;
    const options = this.#isEnded ? { isEnded: true } : { isEnded: false, dvrS: this.#dvrS };
    const body = [Buffer.from(renderReplay(recordings, options))];
    const freshness = this.#isEnded ? ENDED_FRESHNESS : LIVE_FRESHNESS;
    return { type: PLAYLIST_TYPE, body, digest: digestOf(body), freshness };
  }

  #movie({ folder, recording }: Copy, header: HttpRequest['header']): Reply {
    const { name, headerBytes, isRunning, segments } = recording;
    const last = segments.at(-1);
    const isRange = header('range') !== undefined;
    return fileReply(header, {
      path: moviePath(folder, name),
      bytes: last === undefined ? headerBytes : last.offset + last.bytes,
      type: 'video/mp4',
      // Bytes that were reported never change; a running recording only grows.
      freshness: isRunning && !isRange ? LIVE_FRESHNESS : { kind: 'immutable' },
      isGrowing: isRunning,
    });
  }

  #best(): readonly Copy[] {
    const best = new Map<string, Copy>();
    const dropId = this.#dropId;
    for (const copies of this.#copies.values()) {
      for (const [name, copy] of copies) {
        if (dropId === undefined || copy.recording.dropId !== dropId) continue;
        const known = best.get(name);
        if (known === undefined || isBetter(copy.recording, known.recording)) best.set(name, copy);
      }
    }
    const sorted = [...best.values()].toSorted(
      (a, b) => startMs(a.recording) - startMs(b.recording),
    );
    // A target that joined late has a running file of its own beside the one that started first:
    // a playlist that grows must not change from one to the other.
    const running = sorted.find(({ recording }) => recording.isRunning);
    return sorted.filter((copy) => !copy.recording.isRunning || copy === running);
  }
}

function isBetter(a: ReplayRecording, b: ReplayRecording): boolean {
  if (a.isComplete !== b.isComplete) return a.isComplete;
  return a.segments.length > b.segments.length;
}

function startMs({ epochMs, segments }: ReplayRecording): number {
  return epochMs + (segments[0]?.startUs ?? 0) / 1000;
}
