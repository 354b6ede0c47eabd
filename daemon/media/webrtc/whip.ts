/** A phone or OBS as the camera, by WHIP: its process, its endpoint, and the devices that it is. */
import type { Sound } from '../../../hal/audio/port.ts';
import type { Camera } from '../../../hal/camera/port.ts';
import { unitSource } from '../../../hal/gst/access-units.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import { HalError } from '../../../hal/os/errors.ts';
import type { Log } from '../../../hal/os/log.ts';
import { entryPoint } from '../../../hal/os/process.ts';
import type { Task } from '../../../hal/os/task.ts';
import { openWorker, type Worker } from '../../../hal/os/worker.ts';
import { pipelineErrorOf } from '../../../pipelines/errors/pipeline-error.ts';
import { openIceLinks } from '../../../pipelines/webrtc/ice-servers.ts';
import { PendingAnswers } from '../../../pipelines/webrtc/pending-answers.ts';
import type { MediaKind } from '../../../pipelines/webrtc/sdp.ts';
import type {
  FromWhip,
  ToWhip,
  WhipAnswer,
  WhipEndpoint,
  WhipSettings,
} from '../../../pipelines/whip/messages.ts';
import type { Codec } from '../../../pipelines/whip/offer.ts';
import { SentTracks } from '../children/sent-tracks.ts';

export interface Whip {
  readonly endpoint: WhipEndpoint;
  /** The process; a task for `supervise`. */
  readonly run: Task;
  /** What is published, as devices of this box. */
  readonly camera: (device: Camera) => Camera;
  readonly sound: (device: Sound) => Sound;
}

export interface WhipOptions {
  readonly settings: WhipSettings;
  /** That a publisher has to know. */
  readonly token: string;
}

/** SIGTERM to SIGKILL. It has nothing to write down. */
const GRACE_MS = 1_000;
/** It answers within milliseconds; while it looks for its addresses, within two seconds. */
const ANSWERS = { max: 8, maxMs: 5_000 } as const;

const NO_PROCESS = { status: 503, line: 'the box cannot take a camera now' } as const;

const WORKER = {
  name: 'whip',
  entry: entryPoint(import.meta.url, '../../../pipelines/whip/main'),
  graceMs: GRACE_MS,
  errorOf: pipelineErrorOf,
};

/** The encoders, and the other sources, go on whatever is wrong with it. */
export function openWhip(
  { settings, token }: WhipOptions,
  os: { readonly clock: Clock; readonly log: Log },
): Whip {
  const child = new WhipProcess(settings, os);
  const devicesOf = (kind: MediaKind) => ({
    check: (signal: AbortSignal) => child.tracks.arrival(kind, signal),
    sendUnits: (path: string) => child.feed(kind, path),
  });
  return {
    endpoint: { token, iceLinks: openIceLinks(settings), offer: child.offer, end: child.end },
    run: child.run,
    camera: (device) => ({
      ...{ ...device, ...devicesOf('video') },
      get source() {
        return unitSource(child.tracks.now?.video ?? 'h264');
      },
    }),
    sound: (device) => ({
      ...{ ...device, ...devicesOf('audio') },
      get source() {
        return unitSource(child.tracks.now?.audio ?? 'opus');
      },
    }),
  };
}

class WhipProcess {
  readonly #settings: WhipSettings;
  readonly #log: Log;
  readonly #worker: Worker<WhipSettings, ToWhip, FromWhip>;
  readonly #answers = new PendingAnswers<WhipAnswer>(ANSWERS);
  readonly #feeds = new PendingAnswers<boolean>(ANSWERS);
  readonly tracks = new SentTracks<Codec>(notThere);
  #isReady = false;

  constructor(settings: WhipSettings, os: { readonly clock: Clock; readonly log: Log }) {
    this.#settings = settings;
    this.#log = os.log;
    this.#worker = openWorker(WORKER, os);
  }

  readonly run: Task = async (signal) => {
    const onMessage = (message: FromWhip) => this.#onMessage(message);
    try {
      await this.#worker.run({ settings: this.#settings, onMessage }, signal);
    } finally {
      this.#isReady = false;
      this.tracks.set(undefined);
    }
  };

  readonly offer: WhipEndpoint['offer'] = (sdp) =>
    this.#ask((request) => ({ type: 'offer', request, sdp }));

  readonly end: WhipEndpoint['end'] = (id) =>
    this.#ask((request) => ({ type: 'end', request, id }));

  /** See `SendUnits`. */
  async feed(kind: MediaKind, path: string): Promise<void> {
    const codec = this.tracks.now?.[kind];
    const isFed =
      codec !== undefined &&
      (await this.#feeds.ask((request) =>
        this.#worker.send({ type: 'feed', request, kind, codec, path }),
      ));
    if (isFed !== true) throw new HalError('GONE', 'the phone or OBS has stopped sending');
  }

  async #ask(command: (request: number) => ToWhip): Promise<WhipAnswer> {
    if (!this.#isReady) return NO_PROCESS;
    return (
      (await this.#answers.ask((request) => this.#worker.send(command(request)))) ?? NO_PROCESS
    );
  }

  #onMessage(message: FromWhip): void {
    switch (message.type) {
      case 'ready':
        this.#isReady = true;
        break;
      case 'answered':
        this.#answers.settle(message.request, message.answer);
        break;
      case 'fed':
        this.#feeds.settle(message.request, message.isFed);
        break;
      case 'publishing':
        this.tracks.set(message.published);
        if (message.published === undefined) this.#log.info('publisher left');
        else this.#log.info('publisher connected', { ...message.published });
        break;
    }
  }
}

function notThere(kind: MediaKind, isPublishing: boolean): HalError {
  if (isPublishing) {
    const what = kind === 'video' ? 'picture' : 'sound';
    return new HalError('NOT_FOUND', `the phone or OBS sends no ${what}`, {
      advice: 'switch it on there, and connect again',
    });
  }
  return new HalError('NOT_FOUND', 'no phone or OBS is sending to this box', {
    advice: 'its address and token are on the operator’s page, under Addresses',
  });
}
