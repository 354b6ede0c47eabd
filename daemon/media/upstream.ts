/** All that sends a drop upstream: the uplink over its links, and further destinations. */
import { untilAborted } from '../../hal/os/async.ts';
import { runAll, type Task } from '../../hal/os/task.ts';
import type { FromUplink, ToUplink, UplinkSettings } from '../../pipelines/uplink/messages.ts';
import { receiverOf, type UplinkConfig } from '../config/uplink.ts';
import { type FedChild, openFed } from './children/fed.ts';
import type { MediaChild } from './children/media.ts';
import type { openSupervision } from './children/supervision.ts';
import { openDestinations } from './destinations/open.ts';
import type { MediaPathDeps } from './media-path.ts';
import { openUplinkMessages } from './uplink-messages.ts';
import { uplinkSettings, usedData } from './uplink-settings.ts';

export interface UpstreamDeps
  extends Pick<
    MediaPathDeps,
    'config' | 'sound' | 'secrets' | 'dataUse' | 'clock' | 'log' | 'onUplink' | 'onDestinations'
  > {
  readonly media: MediaChild;
  readonly supervise: ReturnType<typeof openSupervision>;
  /** The encoder's bitrate from now on. */
  readonly onTarget: (targetBps: number) => void;
}

/** Viewers, recordings and each other go on, whatever is wrong with one of them. */
export function openUpstream(deps: UpstreamDeps): Task {
  const { uplink } = deps.config;
  const hasSound = deps.sound.source !== undefined;
  const secrets = deps.secrets.destinations;
  const destinations = openDestinations(uplink, { ...deps, hasSound, secrets });
  const bonded = uplink === undefined ? untilAborted : openUplinkTask(uplink, hasSound, deps);
  return (signal) => runAll([bonded, destinations], signal);
}

function openUplinkTask(uplink: UplinkConfig, hasSound: boolean, deps: UpstreamDeps): Task {
  const { media, secrets, dataUse, clock, log, supervise, onTarget, onUplink } = deps;
  const receiver = receiverOf(uplink);
  if (receiver === undefined) return untilAborted;
  let isWanted = false;
  let given = usedData(dataUse.useAt(clock.wallMs()));
  const child: FedChild<ToUplink> = openFed<UplinkSettings, ToUplink, FromUplink>({
    ...{ name: 'uplink', program: 'uplink', media, clock, log },
    settings: () => {
      const use = dataUse.useAt(clock.wallMs());
      given = usedData(use);
      return uplinkSettings(uplink, receiver, hasSound, secrets, use);
    },
    onMessage: openUplinkMessages(uplink, {
      ...{ clock, log, dataUse, onTarget },
      given: () => given,
      child: () => ({
        send: (message) => {
          given = message.used;
          child.send(message);
        },
      }),
      // What it sends once it was asked to end is out of date.
      onFigures: (figures) => {
        if (isWanted) onUplink(figures);
      },
    }),
  });
  const run = supervise('uplink', child.run, () => true);
  return async (signal) => {
    isWanted = true;
    signal.addEventListener('abort', () => {
      isWanted = false;
    });
    await run(signal);
  };
}
