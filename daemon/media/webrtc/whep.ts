/** The stream by WebRTC, where the config asks for it: the WHEP process beside the media process. */

import { untilAborted } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import type { Log } from '../../../hal/os/log.ts';
import type { Task } from '../../../hal/os/task.ts';
import type {
  FromWhep,
  ToWhep,
  WhepRequest,
  WhepSettings,
} from '../../../pipelines/whep/messages.ts';
import { OPUS_TRACK } from '../../config/capture.ts';
import type { Config } from '../../config/config.ts';
import { isAny } from '../../model/addresses.ts';
import type { Feeder } from '../children/current.ts';
import type { MediaChild } from '../children/media.ts';
import type { openSupervision } from '../children/supervision.ts';
import { openUnitConsumer } from '../children/unit-consumer.ts';
import { iceOf } from './ice.ts';

export interface WhepDeps {
  readonly config: () => Config;
  readonly inputs: () => { readonly hasSound: boolean };
  readonly media: MediaChild;
  readonly supervise: ReturnType<typeof openSupervision>;
  /** Where media time begins; undefined before the first stream. */
  readonly start: () => WhepSettings['start'] | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Whep {
  /** While there is a stream. */
  readonly run: Task;
  /** Of a viewer; it is answered in any case. */
  readonly send: (request: WhepRequest) => void;
}

const NOT_RUNNING = {
  status: 503,
  line: 'the box cannot connect anybody now',
  isSoon: true,
} as const;

/** Viewers by HLS, recordings and the uplink go on, whatever is wrong with it. */
export function openWhep({ media, config, inputs, start, ...deps }: WhepDeps): Whep {
  return openWhepBeside({
    ...{ ...deps, config, feeder: media },
    stream: () => {
      const began = start();
      if (began === undefined) throw new Error('there is no stream yet');
      const { renditions } = config();
      const bitrates = renditions.map(({ name, bitrate_bps }) => [name, bitrate_bps] as const);
      return { bitrates, hasSound: inputs().hasSound, start: began };
    },
    reply: (message) => {
      // Its encoders run for HLS.
      if (message.type !== 'wanted') media.send({ type: 'whep', message });
    },
  });
}

/** What viewers are sent. */
export interface WhepStream {
  /** Each rendition's name, and its encoder's setting in bit/s. */
  readonly bitrates: readonly (readonly [string, number])[];
  readonly hasSound: boolean;
  readonly start: WhepSettings['start'];
}

export interface WhepBesideDeps extends Pick<WhepDeps, 'config' | 'supervise' | 'clock' | 'log'> {
  readonly feeder: Feeder;
  /** Asked for at each start. */
  readonly stream: () => WhepStream;
  /** To the process that has the viewers' requests. */
  readonly reply: (message: Exclude<FromWhep, { type: 'ready' }>) => void;
}

/** The WHEP process beside the one that serves viewers, and feeds it. */
export function openWhepBeside({
  config,
  feeder: media,
  supervise,
  stream,
  reply,
  ...os
}: WhepBesideDeps): Whep {
  let isReady = false;
  const child = openUnitConsumer<WhepSettings, ToWhep, FromWhep>({
    ...{ name: 'whep', program: 'whep', media, ...os },
    settings: () => whepSettings(config(), stream()),
    onMessage: (message) => {
      if (message.type === 'ready') isReady = true;
      else reply(message);
    },
  });
  const run: Task = async (signal) => {
    try {
      await child.run(signal);
    } finally {
      isReady = false;
    }
  };
  const supervised = supervise('whep', run, () => true);
  return {
    run: (signal) => (config().viewers.whep.port === 0 ? untilAborted : supervised)(signal),
    send: (request) => {
      if (isReady) child.send(request);
      else if (request.type !== 'end-all') {
        reply({ type: 'answered', request: request.request, answer: NOT_RUNNING });
      }
    },
  };
}

function whepSettings(
  { viewers }: Config,
  { bitrates, hasSound, start }: WhepStream,
): WhepSettings {
  const { port, max_viewers, max_viewers_per_address } = viewers.whep;
  const video = bitrates.map(([id]) => ({ id, kind: 'video' as const }));
  return {
    port,
    ...(isAny(viewers.host) ? {} : { host: viewers.host }),
    ...iceOf({ viewers }),
    maxViewers: max_viewers,
    maxViewersPerAddress: max_viewers_per_address,
    tracks: hasSound ? [...video, { id: OPUS_TRACK, kind: 'audio' }] : video,
    bitratesBps: Object.fromEntries(bitrates),
    start,
  };
}
