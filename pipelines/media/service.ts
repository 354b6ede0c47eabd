/** The media process: its parts, and how they are joined. */
import { every } from '../../hal/os/async.ts';
import { systemClock } from '../../hal/os/clock.ts';
import { type Log, openLog, stackOf } from '../../hal/os/log.ts';
import { type LedPhones, withPortal } from '../captive/on-own-port.ts';
import { UplinkFeed } from '../feed/uplink-feed.ts';
import { limitsFor } from '../hls/limits.ts';
import { type Access, openAccess, withAccess } from '../http/access/access.ts';
import type { Handlers, HttpRequest } from '../http/handlers.ts';
import { ViewerServer } from '../http/server.ts';
import { openServerOptions } from '../http/server-settings.ts';
import { countFetch, countStream, receiveBeacon } from '../origin/beacons.ts';
import { type NotLiveFilter, openNotLiveFilter, untilKnown } from '../origin/not-live.ts';
import { ANY_TRACK, Origin } from '../origin/origin.ts';
import { Viewers } from '../origin/viewers.ts';
import { Presentation, type PresentationOptions } from '../packager/presentation.ts';
import { shownOf } from '../packager/track.ts';
import type { Pages } from '../player/pages.ts';
import { Pushes } from '../push/pushes.ts';
import { openScanner } from '../scan/scanner.ts';
import { newestStills } from '../scan/stills.ts';
import { UnpublishedRenditions } from '../scan/unpublished.ts';
import type { Whep } from '../whep/http/endpoint.ts';
import { type Archive, openArchive } from './archive.ts';
import { CaptureRuns } from './capture-runs.ts';
import { openControl } from './control.ts';
import type { DropState } from './drop-state.ts';
import { type EndedStream, openEndedStream } from './ended-stream.ts';
import { FiguresReport } from './figures-report.ts';
import { openGuestPages } from './guest-pages.ts';
import { MediaClock } from './media-clock.ts';
import type { FromMedia, MediaSettings, ToMedia } from './messages.ts';
import { PartLag } from './part-lag.ts';
import { openMediaWhep } from './whep.ts';

type Send = (message: FromMedia) => void;

export interface MediaService {
  readonly handle: (message: ToMedia) => void;
  /**
   * Serves until the signal aborts; resolves when all recordings are closed. Rejects with a
   * PipelineError when it cannot listen.
   */
  readonly run: () => Promise<void>;
}

/**
 * @param send Takes what goes to the daemon.
 * @throws PipelineError BAD_SECRET, or an error of the file where a certificate cannot be read.
 */
export function openMediaService(
  settings: MediaSettings,
  send: Send,
  signal: AbortSignal,
): MediaService {
  const log = openLog('info', 'journal');
  const clock = new MediaClock();
  const access = openAccess(settings.tokenSecretFile, () => Date.now() / 1000);
  const ended = openEndedStream(settings.ended, log, { signal });
  const notLive = openNotLiveFilter(settings.previewPath, ended.published !== undefined);
  const partLag = new PartLag(videoIdsOf(settings));
  const presentation = openPresentation(settings, clock, {
    onFrame: (trackId, frame) => pushes?.addFrame(trackId, frame),
    onPublish: (trackId) => {
      partLag.addPart(trackId);
      pushes?.collect(trackId);
      server.wake(trackId);
      server.wake(ANY_TRACK);
      archive.collect(trackId);
      figures.addPart(trackId);
    },
  });
  const pushes = openPushes(settings, presentation, ended);
  const archive = openArchive(settings.archive, {
    presentation,
    ...{ sign: access.sign, clock: systemClock, log },
    onTargets: (targets) => send({ type: 'recording', targets }),
  });
  const guests = openGuestPages(settings, { presentation, archive, notLive, clock, log, signal });
  const { branding, titles, drop } = guests;
  const isTrack = (id: string) => presentation.kindOf(id) !== undefined;
  const viewers = new Viewers(isTrack, () => drop.hasReactions ?? settings.drop.hasReactions);
  const served = { presentation, pushes, archive, notLive, access, ...guests, viewers, clock, log };
  const whep = openMediaWhep(settings, served, (request) => send({ type: 'whep', request }));
  const handlers = openHandlers(settings, { ...served, ended }, whep);
  const server = new ViewerServer(openServerOptions(settings.server, log), handlers, systemClock);
  const figures = new FiguresReport({
    ...{ presentation, viewers, partLag, pushes, nowUs: clock.nowUs },
    trackIds: settings.tracks.map(({ id }) => id),
    http: () => server.figures(),
    onReport: (report) =>
      send({ type: 'figures', figures: report, newestMsn: presentation.newestMsn }),
  });
  const uplink = new UplinkFeed();
  const onUnit = unitCounter(presentation, partLag, figures);
  const scanner = openStreamScanner(presentation, clock, log, send);
  const runs = new CaptureRuns({
    ...{ presentation, uplink, unpublished: scanner.unpublished, send, onUnit, nowUs: clock.nowUs },
    onOpus: (timeUs: number, data: Buffer) => pushes?.addOpus(timeUs, data),
  });
  const parts = { ...served, ended, uplink, runs, partLag, scanner, whep, send, signal };
  const run = async (): Promise<void> => {
    await Promise.all([
      server.run(signal, () => send(listeningWith(ended))),
      runTicks({ presentation, uplink, clock, runs, figures, send }, signal),
      ...[figures, archive, scanner, pushes, branding, titles].map((part) => part?.run(signal)),
    ]);
  };
  return { handle: wakingRequests(openControl(parts), server), run };
}

/** Requests may have waited to know whether a drop is live. */
function wakingRequests(handle: MediaService['handle'], server: ViewerServer) {
  return (message: ToMedia): void => {
    handle(message);
    if (message.type === 'record') server.wake(ANY_TRACK);
  };
}

const listeningWith = ({ published }: EndedStream) =>
  ({ type: 'listening', servesEnded: published !== undefined }) as const;

function openPushes(
  { hasPush, whep }: MediaSettings,
  presentation: Presentation,
  { published }: EndedStream,
) {
  const options = { hasOpus: whep !== undefined, nowMs: () => performance.now() };
  return hasPush && published === undefined ? new Pushes(presentation, options) : undefined;
}

/** Called for each access unit of an encoder, with the time of its frame. */
function unitCounter(presentation: Presentation, partLag: PartLag, figures: FiguresReport) {
  return (id: string, runningUs: number): void => {
    if (partLag.isVideo(id)) figures.addFrame(id);
    const readers = presentation.substitutes.readersOf(id);
    for (const reader of readers) partLag.addFrame(reader, runningUs);
  };
}

function openStreamScanner(presentation: Presentation, clock: MediaClock, log: Log, send: Send) {
  const unpublished = new UnpublishedRenditions();
  const scanner = openScanner({
    stills: (sinceUs) => {
      const published = newestStills(shownOf(presentation.tracks()), sinceUs);
      return published.length === 0 ? [] : [...published, ...unpublished.stills(sinceUs)];
    },
    ...{ nowUs: clock.nowUs, clock: systemClock, log },
    onScan: (scan) => send({ type: 'scanned', scan }),
  });
  return { ...scanner, unpublished };
}

function videoIdsOf({ tracks }: MediaSettings): readonly string[] {
  return tracks.filter(({ kind }) => kind === 'video').map(({ id }) => id);
}

function openPresentation(
  settings: MediaSettings,
  clock: MediaClock,
  events: Pick<PresentationOptions, 'onFrame' | 'onPublish'>,
): Presentation {
  return new Presentation({
    limits: limitsFor(settings.partTargetMs, settings.segmentMs, settings.windowS),
    segmentUs: settings.segmentMs * 1000,
    get epochMs() {
      return clock.epochMs;
    },
    tracks: settings.tracks,
    firstMsn: settings.firstMsn,
    // No segment has more than one.
    firstDiscontinuity: settings.firstMsn,
    ...events,
  });
}

interface ServedParts {
  readonly presentation: Presentation;
  /** Undefined where the config has none. */
  readonly pushes: Pushes | undefined;
  readonly archive: Archive;
  readonly notLive: NotLiveFilter;
  readonly access: Access;
  readonly drop: DropState;
  readonly ended: EndedStream;
  readonly viewers: Viewers;
  readonly pages: Pages;
  readonly led: LedPhones;
  readonly log: Log;
}

function openHandlers(
  settings: MediaSettings,
  served: ServedParts,
  whep: Whep | undefined,
): Handlers {
  const { viewers, log, led } = served;
  const get = openGetHandler(settings, served);
  return {
    ...(whep && { exchange: whep.exchange }),
    get: withPortal(settings.server.portal, get, systemClock.monotonicMs, led),
    post: (request, body) => receiveBeacon(viewers, request, body, performance.now()),
    onFault: (error) => log.error('viewer request failed', { fault: stackOf(error) }),
  };
}

/** Answers a GET: the stream, then recordings, clips and posters, then the page. */
function openGetHandler(
  settings: MediaSettings,
  { presentation, archive, notLive, access, drop, ended, viewers, pages, pushes }: ServedParts,
) {
  const origin = new Origin(ended.published ?? presentation, settings.ladder, () => drop.profile);
  const answer = (request: HttpRequest) => {
    const admitted = notLive.admit(request);
    if ('status' in admitted) return pages.forPeople(request, admitted);
    const pushed = pushes?.answer(admitted);
    if (pushed !== undefined) {
      return countStream(viewers, admitted, pushed, () => performance.now());
    }
    // Of these there are thousands a second: none of the others is asked.
    const isOfStream = admitted.path.startsWith('/live/');
    const other = isOfStream ? undefined : (archive.answer(admitted) ?? pages.answer(admitted));
    const found = other ?? origin.answer(admitted);
    countFetch(viewers, admitted, found, performance.now());
    return pages.forPeople(admitted, found);
  };
  return withAccess(access, untilKnown(notLive, answer));
}

interface TickedParts {
  readonly presentation: Presentation;
  readonly uplink: UplinkFeed;
  readonly clock: MediaClock;
  readonly runs: CaptureRuns;
  readonly figures: FiguresReport;
  readonly send: Send;
}

async function runTicks(
  { presentation, uplink, clock, runs, figures, send }: TickedParts,
  signal: AbortSignal,
): Promise<void> {
  await every(presentation.tickEveryMs, signal, () => {
    presentation.tick(clock.nowUs());
    uplink.fill(clock.nowUs());
    if (presentation.wantsKeyframes()) send({ type: 'keyframes' });
    runs.failIfStalled();
    figures.tick();
  });
}
