/** The stream by WebRTC, where the config asks for it: the WHEP process beside the media process. */

import type { Sound } from '../../../hal/audio/port.ts';
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
import { openFed } from '../children/fed.ts';
import type { MediaChild } from '../children/media.ts';
import type { openSupervision } from '../children/supervision.ts';

export interface WhepDeps {
  readonly config: () => Config;
  readonly sound: Sound;
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
export function openWhep({ media, clock, log, supervise, ...deps }: WhepDeps): Whep {
  if (deps.config().viewers.whep.port === 0) return { run: untilAborted, send: () => undefined };
  let isReady = false;
  const child = openFed<WhepSettings, ToWhep, FromWhep>({
    ...{ name: 'whep', program: 'whep', media, clock, log },
    settings: () => {
      const start = deps.start();
      if (start === undefined) throw new Error('there is no stream yet');
      return whepSettings(deps.config(), deps.sound.source !== undefined, start);
    },
    onMessage: (message) => {
      if (message.type === 'ready') isReady = true;
      else media.send({ type: 'whep', message });
    },
  });
  const run: Task = async (signal) => {
    try {
      await child.run(signal);
    } finally {
      isReady = false;
    }
  };
  return {
    run: supervise('whep', run, () => true),
    send: (request) => {
      if (isReady) child.send(request);
      else if (request.type !== 'end-all') {
        const answer = { type: 'answered', request: request.request, answer: NOT_RUNNING } as const;
        media.send({ type: 'whep', message: answer });
      }
    },
  };
}

function whepSettings(
  { viewers, renditions }: Config,
  hasSound: boolean,
  start: WhepSettings['start'],
): WhepSettings {
  const { port, ice_servers, turn_username, turn_password_file, ...limits } = viewers.whep;
  const video = renditions.map(({ name }) => ({ id: name, kind: 'video' as const }));
  return {
    port,
    ...(isAny(viewers.host) ? {} : { host: viewers.host }),
    maxViewers: limits.max_viewers,
    maxViewersPerAddress: limits.max_viewers_per_address,
    iceServers: ice_servers,
    ...(turn_username === ''
      ? {}
      : { turn: { username: turn_username, passwordFile: turn_password_file } }),
    tracks: hasSound ? [...video, { id: OPUS_TRACK, kind: 'audio' }] : video,
    bitratesBps: Object.fromEntries(renditions.map((one) => [one.name, one.bitrate_bps])),
    start,
  };
}
