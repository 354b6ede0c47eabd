/**
 * The studio: makes clips, posters and previews from what is on air, in a
 * process of its own and at low priority, so that neither hashing nor encoding
 * moves a viewer's latency.
 */
import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../hal/os/log.ts';
import { readFeed } from '../feed/read-feed.ts';
import { type StoredMovie, storeMovie } from './clip-store.ts';
import type { FromStudio, StudioSettings, ToStudio } from './messages.ts';
import { type Movie, renderMovie } from './movie.ts';
import { makePoster } from './poster.ts';
import { storePoster } from './poster-file.ts';
import { ClipRing } from './ring.ts';
import { cutStill, decodeStill } from './still.ts';

const NICENESS = 10;
const TICK_MS = 250;
const CLIPS_AT_ONCE = 3;
const DRAWS_MAX = 8;
const PREVIEW_S = 3;
/** Live posters whose files are kept: pages name those of a moment ago. */
const LIVE_KEPT = 3;

function tell(message: FromStudio): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** When to leave off: what is live is over with its drop, a clip and its poster stay. */
interface Until {
  readonly live: AbortSignal;
  readonly clip: AbortSignal;
}

/** @param left Files of live posters that a studio before this one made. */
function openStudio(settings: StudioSettings, left: readonly string[], until: Until) {
  const { clipTrackIds, previewTrackId, folder } = settings;
  const leadId = clipTrackIds[0] ?? '';
  const ring = new ClipRing(settings.keepS + 2);
  const live: { readonly files: readonly string[] }[] = [{ files: left }];
  const clipsUnderWay = new Set<Promise<void>>();
  let drawnUs = Number.NEGATIVE_INFINITY;
  let drawsWaiting = 0;
  let isDrawingLive = true;
  let draws: Promise<void> = Promise.resolve();

  /** One poster after the other: they are nobody's hurry, and fill a core. */
  const draw = (what: string, work: () => Promise<void>, signal: AbortSignal): void => {
    const failing = (error: unknown) => {
      if (!signal.aborted) tell({ type: 'failed', what, reason: messageOf(error) });
    };
    if (drawsWaiting >= DRAWS_MAX) {
      failing('too many posters are waiting');
      return;
    }
    drawsWaiting += 1;
    draws = draws
      .then(work)
      .catch(failing)
      .finally(() => {
        drawsWaiting -= 1;
      });
  };
  /** Cut at once, while the ring holds it; drawn when there is time. */
  const still = (atUs: number) => {
    const [source] = ring.sources([leadId], atUs);
    return source && cutStill(source, atUs);
  };
  const clip = async (seconds: number): Promise<StoredMovie | undefined> => {
    const toUs = ring.endUs(leadId);
    if (toUs === undefined) return undefined;
    const fromUs = toUs - Math.min(seconds, settings.keepS) * 1e6;
    const movie = renderMovie(ring.sources(clipTrackIds, fromUs), { fromUs, toUs });
    return movie && (await storeMovie(join(folder, 'clips'), 'clip', movie));
  };
  const drawLive = async (picture: Movie, endUs: number): Promise<void> => {
    const where = join(folder, 'live');
    const fromUs = endUs - PREVIEW_S * 1e6;
    const poster = await makePoster(await decodeStill(picture, until.live), where);
    const movie = renderMovie(ring.sources([previewTrackId], fromUs), { fromUs, toUs: endUs });
    const preview = movie && (await storeMovie(where, 'preview', movie));
    tell({ type: 'live-poster', poster, preview });
    live.push({ files: [...poster.files, ...(preview ? [preview] : [])].map(({ path }) => path) });
    const kept = new Set(live.slice(-LIVE_KEPT).flatMap(({ files }) => files));
    const old = live.splice(0, Math.max(0, live.length - LIVE_KEPT)).flatMap(({ files }) => files);
    for (const path of old) if (!kept.has(path)) await rm(path, { force: true });
  };
  const drawClip = async (picture: Movie, clipId: string): Promise<void> => {
    const where = join(folder, 'clips');
    const poster = await makePoster(await decodeStill(picture, until.clip), where);
    await storePoster(where, clipId, poster);
    tell({ type: 'clip-poster', clipId, poster });
  };
  const makeClip = async (request: number, seconds: number): Promise<void> => {
    const startedMs = performance.now();
    try {
      const made = await clip(seconds);
      if (made === undefined) {
        tell({ type: 'no-clip', request, reason: 'nothing was on air' });
        return;
      }
      const tookMs = Math.round(performance.now() - startedMs);
      tell({ type: 'clip', request, clip: made, tookMs });
      const { id, startUs, durationS } = made;
      const picture = still(startUs + durationS * 5e5);
      if (picture !== undefined) draw('poster of a clip', () => drawClip(picture, id), until.clip);
    } catch (error) {
      tell({ type: 'no-clip', request, reason: messageOf(error) });
    }
  };
  return {
    ring,
    makeClip: (request: number, seconds: number): void => {
      if (clipsUnderWay.size >= CLIPS_AT_ONCE) {
        tell({ type: 'no-clip', request, reason: 'other clips are being made' });
        return;
      }
      const work = makeClip(request, seconds).finally(() => clipsUnderWay.delete(work));
      clipsUnderWay.add(work);
    },
    /** Resolves when the clips that were asked for are made, and their posters drawn. */
    finish: async (): Promise<void> => {
      await Promise.all(clipsUnderWay);
      await draws;
    },
    setDrawing: (isOn: boolean) => {
      isDrawingLive = isOn;
    },
    /** Draws a live poster where one is due. */
    tick: () => {
      const endUs = ring.endUs(leadId);
      const everyUs = settings.posterEveryS * 1e6;
      if (!isDrawingLive || everyUs === 0 || drawsWaiting > 0 || endUs === undefined) return;
      const picture = endUs - drawnUs < everyUs ? undefined : still(endUs);
      if (picture === undefined) return;
      drawnUs = endUs;
      draw('live poster', () => drawLive(picture, endUs), until.live);
    },
  };
}

async function leftIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.map((name) => join(folder, name));
}

type Start = Extract<ToStudio, { type: 'start' }>;

async function run({ settings, socketPath, finishMs }: Start): Promise<void> {
  // First of all: threads take it on from the thread that starts them.
  setPriority(NICENESS);
  const [ending, late] = [new AbortController(), new AbortController()];
  const left = await leftIn(join(settings.folder, 'live'));
  const until = { live: ending.signal, clip: late.signal };
  const { ring, makeClip, finish, setDrawing, tick } = openStudio(settings, left, until);
  process.on('message', (message: ToStudio) => {
    if (message.type === 'clip') makeClip(message.request, message.seconds);
    if (message.type === 'draw') setDrawing(message.isOn);
  });
  for await (const messages of readFeed(socketPath, TICK_MS)) {
    for (const message of messages) {
      if (message.type === 'init') ring.setInit(message.trackId, message.initId, message.bytes);
      if (message.type === 'part') ring.add(message.part);
    }
    tick();
  }
  ending.abort();
  setTimeout(() => late.abort(), finishMs);
  await Promise.race([finish(), once(late.signal, 'abort')]);
}

process.once('message', (message: Start) => {
  run(message).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
// Nobody is left to make anything for.
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
