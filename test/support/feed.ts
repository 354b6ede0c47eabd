/** An LL-HLS origin whose stream a test drives, frame by frame. */
import { limitsFor } from '../../pipelines/hls/limits.ts';
import type { HttpRequest, Wait } from '../../pipelines/http/handlers.ts';
import type { Reply } from '../../pipelines/http/reply.ts';
import { Origin } from '../../pipelines/origin/origin.ts';
import { Presentation, type PresentationOptions } from '../../pipelines/packager/presentation.ts';

/** Caps as GStreamer 1.22 wrote them for x264enc and avenc_aac. */
export const VIDEO_CAPS =
  'video/x-h264, codec_data=(buffer)01f4001effe1001d67f4001e90d9680a02ff89c05a83030320000003002000000791e2c5d401000468ce3192, stream-format=(string)avc, alignment=(string)au, width=(int)640, height=(int)360, framerate=(fraction)30/1, parsed=(boolean)true';
export const AUDIO_CAPS =
  'audio/mpeg, channels=(int)2, rate=(int)48000, mpegversion=(int)4, base-profile=(string)lc, stream-format=(string)raw, codec_data=(buffer)119056e500, framed=(boolean)true';

/** An IDR access unit that fits these caps: its slice header is read, and no decoder gets it. */
export const IDR_UNIT = Buffer.from(`0000000c6588${'ff'.repeat(9)}80`, 'hex');

const FRAME_US = 1e6 / 30;
const AAC_US = (1024 * 1e6) / 48_000;
const GOP_FRAMES = 30;

export const EPOCH_MS = Date.UTC(2026, 4, 1);
export const FIRST_MSN = 1000;

export interface Feed {
  readonly presentation: Presentation;
  readonly origin: Origin;
  /** Media time that has passed, in us. */
  readonly nowUs: () => number;
  /** Capture runs for so long: units come 10 ms (video) and 30 ms (audio) late. */
  run(seconds: number): void;
  /** Nothing comes for so long, though capture may be up. */
  idle(seconds: number): void;
  /** The media process itself stalls; capture goes on and its pipes fill. */
  pause(seconds: number): void;
  /** Capture starts (again). */
  start(): void;
  /** Capture dies. */
  die(): void;
  /** These tracks' encoders rest: capture runs, and nothing comes of them. */
  rest(trackIds: readonly string[]): void;
  get(path: string, headers?: Readonly<Record<string, string>>): Reply | Wait;
  /** The body of a request that is answered at once. */
  text(path: string): string;
}

export interface FeedOptions {
  readonly partMs?: number;
  readonly windowS?: number;
  /** Key frames can be repeated: lost media is filled. */
  readonly hasIdrs?: boolean;
  readonly tracks?: readonly { id: string; kind: 'video' | 'audio' }[];
  readonly events?: Partial<Pick<PresentationOptions, 'onPublish' | 'onFrame'>>;
}

/** A presentation with its origin, fed by a capture that a test drives. */
export function openFeed(options: FeedOptions = {}): Feed {
  const tracks = options.tracks ?? [
    { id: 'high', kind: 'video' },
    { id: 'low', kind: 'video' },
    { id: 'audio', kind: 'audio' },
  ];
  const presentation = new Presentation({
    limits: limitsFor(options.partMs ?? 200, 1000, options.windowS ?? 20),
    segmentUs: 1e6,
    epochMs: EPOCH_MS,
    tracks,
    firstMsn: FIRST_MSN,
    firstDiscontinuity: 7,
    onPublish: () => undefined,
    ...options.events,
  });
  const origin = new Origin(presentation, {
    bitratesBps: { high: 2_000_000, low: 700_000, audio: 128_000 },
    profiles: { laptop: ['high', 'low'], phone: ['low'], 'low-data': ['low'] },
  });
  let nowUs = 5e6;
  let nextTickUs = 0;
  let resting: readonly string[] = [];
  let run: { readonly startUs: number; sent: Map<string, number> } | undefined;

  const start = () => {
    presentation.beginRun(nowUs);
    for (const { id, kind } of tracks) {
      presentation.setCaps(id, kind === 'video' ? VIDEO_CAPS : AUDIO_CAPS);
    }
    run = { startUs: nowUs, sent: new Map() };
  };
  const deliver = () => {
    if (run === undefined) return;
    for (const { id, kind } of tracks) {
      const unitUs = kind === 'video' ? FRAME_US : AAC_US;
      const lateUs = kind === 'video' ? 10_000 : 30_000;
      for (let i = run.sent.get(id) ?? 0; ; i += 1) {
        const runningUs = i * unitUs;
        if (run.startUs + runningUs + lateUs > nowUs) break;
        run.sent.set(id, i + 1);
        if (resting.includes(id)) continue;
        presentation.add(id, {
          runningUs,
          isKeyframe: kind === 'audio' || i % GOP_FRAMES === 0,
          isDiscont: false,
          data:
            options.hasIdrs && kind === 'video' && i % GOP_FRAMES === 0
              ? IDR_UNIT
              : Buffer.from(`${id} ${i}`),
          arrivedUs: nowUs,
        });
      }
    }
  };
  const step = (seconds: number, isFed: boolean) => {
    const endUs = nowUs + seconds * 1e6;
    while (nowUs < endUs) {
      nowUs = Math.min(endUs, nowUs + 5_000);
      if (isFed) deliver();
      if (nowUs < nextTickUs) continue;
      presentation.tick(nowUs);
      nextTickUs = nowUs + presentation.tickEveryMs * 1_000;
    }
  };
  const get: Feed['get'] = (path, headers = {}) => {
    const [pathname = '', query = ''] = path.split('?');
    const request: HttpRequest = {
      path: pathname,
      query: new URLSearchParams(query),
      header: (name) => headers[name],
    };
    return origin.answer(request);
  };
  return {
    presentation,
    origin,
    nowUs: () => nowUs,
    start,
    run: (seconds) => {
      if (run === undefined) start();
      step(seconds, true);
    },
    idle: (seconds) => step(seconds, false),
    pause: (seconds) => {
      nowUs += seconds * 1e6;
      // libuv runs timers before it reads pipes.
      presentation.tick(nowUs);
      deliver();
    },
    rest: (trackIds) => {
      resting = trackIds;
    },
    die: () => {
      run = undefined;
      presentation.endRun();
    },
    get,
    text: (path) => {
      const answer = get(path);
      if ('wait' in answer) throw new Error(`${path} waits`);
      return Buffer.concat(answer.body).toString();
    },
  };
}
