/** A camera by SRT whose sound is taken, too: the process of its connection, and the devices that it is. */
import type { Sound } from '../../../hal/audio/port.ts';
import { networkOf } from '../../../hal/camera/open.ts';
import type { Camera } from '../../../hal/camera/port.ts';
import { streamSource } from '../../../hal/gst/access-units.ts';
import {
  listenerPort,
  type NetworkSourceConfig,
  openLogin,
  srtSource,
} from '../../../hal/gst/network-source.ts';
import { anySignal, pause } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import { HalError } from '../../../hal/os/errors.ts';
import { type Log, messageOf } from '../../../hal/os/log.ts';
import { entryPoint } from '../../../hal/os/process.ts';
import { WantedRestart } from '../../../hal/os/supervise.ts';
import type { Task } from '../../../hal/os/task.ts';
import { openWorker, type Worker } from '../../../hal/os/worker.ts';
import { pipelineErrorOf } from '../../../pipelines/errors/pipeline-error.ts';
import type { FromSrt, SrtSettings, ToSrt } from '../../../pipelines/srt/messages.ts';
import type { TrackKind } from '../../../pipelines/srt/transport-stream.ts';
import { PendingAnswers } from '../../../pipelines/webrtc/pending-answers.ts';
import type { Config } from '../../config/config.ts';
import { openPipes } from '../children/pipes.ts';
import { SentTracks } from '../children/sent-tracks.ts';

export interface SrtCamera {
  /** Each device as it is, or what is sent in its place. */
  readonly camera: (device: Camera) => Camera;
  readonly sound: (device: Sound) => Sound;
  /** Its process; a task for `supervise`. */
  readonly run?: Task;
}

interface Os {
  readonly clock: Clock;
  readonly log: Log;
}

/** SIGTERM to SIGKILL. It has nothing to write down. */
const GRACE_MS = 1_000;
const ANSWERS = { max: 8, maxMs: 5_000 } as const;
/** Where nobody answers a call: it costs a process, and so is done less and less often. */
const AGAIN = { firstMs: 4_000, longestMs: 10_000 } as const;

const WORKER = {
  name: 'srt',
  entry: entryPoint(import.meta.url, '../../../pipelines/srt/main'),
  // The binding's bus poll keeps a thread, and names are looked up (see gst.ts).
  env: { UV_THREADPOOL_SIZE: '4' },
  graceMs: GRACE_MS,
  errorOf: pipelineErrorOf,
};

/** What it is opened for; undefined where picture and sound are not of one connection by SRT. */
export function srtKey({
  camera,
  sound,
}: Pick<Config, 'camera' | 'sound'>): NetworkSourceConfig | undefined {
  const isSrt = camera.driver === 'srt' && sound.driver === 'camera';
  return isSrt ? { ...networkOf(camera), driver: 'srt' } : undefined;
}

export function openSrtCamera(config: Pick<Config, 'camera' | 'sound'>, os: Os): SrtCamera {
  const network = srtKey(config);
  if (network === undefined) return { camera: (device) => device, sound: (device) => device };
  const child = new SrtProcess(network, os);
  const devicesOf = (kind: TrackKind) => ({
    check: (signal: AbortSignal) => child.tracks.arrival(kind, signal),
    sendUnits: (path: string) => child.feed(kind, path),
    source: streamSource(kind),
  });
  return {
    camera: (device) => ({ ...device, ...devicesOf('video') }),
    sound: (device) => ({ ...device, ...devicesOf('audio') }),
    run: child.run,
  };
}

class SrtProcess {
  readonly #network: NetworkSourceConfig;
  readonly #os: Os;
  readonly #worker: Worker<SrtSettings, ToSrt, FromSrt>;
  readonly #feeds = new PendingAnswers<boolean>(ANSWERS);
  /** Why nobody was connected last time. */
  #reason: string | undefined;
  #againMs: number = AGAIN.firstMs;
  readonly tracks = new SentTracks<true>((kind, isOtherSent) => this.#notThere(kind, isOtherSent));

  constructor(network: NetworkSourceConfig, os: Os) {
    this.#network = network;
    this.#os = os;
    this.#worker = openWorker(WORKER, os);
  }

  /** One connection, or the wait for one. */
  readonly run: Task = async (signal) => {
    const ended = new AbortController();
    let hasReceived = false;
    const end = (reason: string) => {
      if (!hasReceived) this.#reason = reason;
      ended.abort(new WantedRestart(reason));
    };
    const onMessage = (message: FromSrt) => {
      if (message.type === 'fed') this.#feeds.settle(message.request, message.isFed);
      else if (message.type === 'ended') end(message.reason);
      else {
        hasReceived = true;
        this.#reason = undefined;
        this.#againMs = AGAIN.firstMs;
        this.tracks.set(message.received);
        this.#os.log.info('stream received', { ...message.received });
      }
    };
    using ends = anySignal(signal, ended.signal);
    try {
      await this.#connect(onMessage, ends.signal);
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      end(messageOf(error));
    } finally {
      this.tracks.set(undefined);
    }
    if (!ended.signal.aborted || signal.aborted) return;
    if (!hasReceived) {
      await pause(this.#os.clock, this.#againMs, signal);
      const isCalled = listenerPort(this.#network.url) !== undefined;
      if (!isCalled) this.#againMs = Math.min(2 * this.#againMs, AGAIN.longestMs);
    }
    throw ended.signal.reason;
  };

  async #connect(onMessage: (message: FromSrt) => void, signal: AbortSignal): Promise<void> {
    const login = openLogin('camera.credentials_file', this.#network);
    await login.check();
    await using pipes = await openPipes(['stream'], 'writing');
    const path = pipes.named[0]?.path ?? '';
    const settings = { source: srtSource(this.#network, login.secret), path };
    const onStart = pipes.close;
    await this.#worker.run({ settings, inherit: pipes.fds, onMessage, onStart }, signal);
  }

  /** See `SendUnits`. */
  async feed(kind: TrackKind, path: string): Promise<void> {
    const isFed = await this.#feeds.ask((request) =>
      this.#worker.send({ type: 'feed', request, kind, path }),
    );
    if (isFed !== true) throw new HalError('GONE', 'the phone or encoder has stopped sending');
  }

  #notThere(kind: TrackKind, isOtherSent: boolean): HalError {
    if (isOtherSent) {
      const what = kind === 'video' ? 'picture' : 'sound';
      return new HalError('NOT_FOUND', `the phone or encoder sends no ${what}`, {
        advice: 'switch it on there, and connect again',
      });
    }
    const why = this.#reason === undefined ? '' : ` (${this.#reason})`;
    return new HalError('NOT_FOUND', `no phone or encoder sends to camera.url${why}`, {
      advice: 'let it send MPEG-TS by SRT',
    });
  }
}
