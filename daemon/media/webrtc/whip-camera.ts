/** Which cameras and sound of the config come by WHIP, and their process. */
import type { Sound } from '../../../hal/audio/port.ts';
import type { Camera } from '../../../hal/camera/port.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import type { Log } from '../../../hal/os/log.ts';
import type { Task } from '../../../hal/os/task.ts';
import type { WhipEndpoint } from '../../../pipelines/whip/messages.ts';
import { whipCameraOf } from '../../config/capture.ts';
import type { Config } from '../../config/config.ts';
import { openWhip } from './whip.ts';
import { whipSettings } from './whip-settings.ts';
import { openWhipToken } from './whip-token.ts';

export interface WhipCamera {
  /** Each device as it is, or what is published in its place. */
  readonly camera: (device: Camera) => Camera;
  readonly camera2: (device: Camera) => Camera;
  readonly sound: (device: Sound) => Sound;
  /** Its process; a task for `supervise`. */
  readonly run?: Task;
  readonly endpoint?: WhipEndpoint;
}

const AS_IT_IS: WhipCamera = {
  camera: (device) => device,
  camera2: (device) => device,
  sound: (device) => device,
};

/** Rejects with a ConfigError where the token cannot be used. */
export async function openWhipCamera(
  config: Config,
  deps: { readonly stateFolder: string; readonly clock: Clock; readonly log: Log },
): Promise<WhipCamera> {
  const key = whipCameraOf(config);
  if (key === undefined) return AS_IT_IS;
  const file = { key: `${key}.credentials_file`, file: config[key]?.credentials_file ?? '' };
  const token = await openWhipToken(file, deps.stateFolder, deps.log);
  const whip = openWhip({ settings: whipSettings(config, key), token }, deps);
  const isSound = key === 'camera' && config.sound.driver === 'camera';
  return {
    camera: key === 'camera' ? whip.camera : AS_IT_IS.camera,
    camera2: key === 'camera2' ? whip.camera : AS_IT_IS.camera2,
    sound: isSound ? whip.sound : AS_IT_IS.sound,
    run: whip.run,
    endpoint: whip.endpoint,
  };
}
