/** What a box shows: its own camera and microphone, or another box’s stream. */
import { openSound, openTestSound } from '../../hal/audio/open.ts';
import { openCamera, openTestCamera, withSound } from '../../hal/camera/open.ts';
import type { Camera } from '../../hal/camera/port.ts';
import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import { openSwitch } from '../../hal/os/switch.ts';
import { runAll } from '../../hal/os/task.ts';
import type { SourceKind } from '../../pipelines/capture/messages.ts';
import type { WhipEndpoint } from '../../pipelines/whip/messages.ts';
import type { Config } from '../config/config.ts';
import { receiverOf } from '../config/uplink.ts';
import type { BoxFacts } from '../model/state-store.ts';
import { openCameraPath } from './camera-path.ts';
import { openSupervision } from './children/supervision.ts';
import { openEdgePath } from './edge-path.ts';
import { findEncoders } from './element-check.ts';
import { type OwnPath, withHiddenRun } from './hidden-run.ts';
import type { Sheddable } from './loads.ts';
import type { MediaPath, MediaPathDeps } from './media-path.ts';
import { readUplinkSecrets } from './secret-file.ts';
import { sheddableOf } from './sheddable.ts';
import { type SimulatedLinks, simulatedReceiver } from './simulated-links.ts';
import { openWhipCamera } from './webrtc/whip-camera.ts';

type PathDeps = Omit<MediaPathDeps, 'camera' | 'camera2' | 'sound' | 'encoders'>;

/** A simulated device whose plug can be pulled. */
interface Pluggable {
  setPlugged(isPlugged: boolean): void;
}

/** What a box shows: its own camera and microphone, or the stream of another box. */
export interface MediaSource {
  readonly facts: Pick<BoxFacts, 'camera' | 'sound' | 'encoder'>;
  /** It has no drops of its own: it starts none, and resumes none after a power failure. */
  readonly isEdge: boolean;
  /** The camera whose exposure is held during a drop. */
  readonly lockable: Camera | undefined;
  /** With the config that is in force. */
  readonly sheddable: (config: Config) => Sheddable;
  /** Plugs of its test camera, test sound and simulated links, where it has them. */
  readonly simulated: {
    readonly camera?: Pluggable;
    readonly sound?: Pluggable;
    readonly links?: SimulatedLinks;
  };
  readonly open: (deps: PathDeps) => MediaPath;
  /** Where a phone or OBS sends its picture, where the config takes one. */
  readonly whip?: WhipEndpoint;
}

interface SourceDeps {
  /** The links of the demo's uplink. */
  readonly simulatedLinks?: SimulatedLinks;
  readonly stateFolder: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Looks at what the config names, before anything runs.
 *
 * Rejects with a ConfigError, HalError or PipelineError for what an operator must repair.
 */
export async function openMediaSource(config: Config, deps: SourceDeps): Promise<MediaSource> {
  const { upstream } = config.edge;
  if (upstream === '') return openOwn(config, deps);
  deps.log.info('edge: another box’s stream is shown', { upstream });
  const facts = { camera: upstream, sound: 'none', encoder: 'none' };
  const sheddable = (now: Config) => sheddableOf(now, undefined);
  const simulated = {};
  return { facts, isEdge: true, lockable: undefined, sheddable, simulated, open: openEdgePath };
}

async function openOwn(config: Config, deps: SourceDeps): Promise<MediaSource> {
  const { simulatedLinks: links, log } = deps;
  let path: OwnPath | undefined;
  const testCamera = config.camera.driver === 'test' ? openTestCamera(config.camera) : undefined;
  const testSound = config.sound.driver === 'test' ? openTestSound() : undefined;
  const whip = await openWhipCamera(config, deps);
  const camera = whip.camera(
    testCamera?.camera ?? openCamera(config.camera, (...what) => path?.setLive(...what)),
  );
  const { width, height, fps } = config.camera;
  const camera2 =
    config.camera2 && whip.camera2(openCamera({ ...config.camera2, width, height, fps }));
  const sound = whip.sound(testSound?.sound ?? openSound(config.sound, withSound(config.camera)));
  // A secret that cannot be read is found at the start.
  readUplinkSecrets(config.uplink);
  const sources = { camera: camera.source, sound: sound.source };
  const hasWhep = config.viewers.whep.port !== 0;
  const encoders = await findEncoders(config.encoder.driver, config.uplink, sources, hasWhep);
  log.info('encoders chosen', { video: encoders.video, audio: encoders.audio ?? 'none' });
  return {
    facts: { camera: camera.name, sound: sound.name, encoder: encoders.video },
    isEdge: false,
    lockable: config.camera.lock_exposure ? camera : undefined,
    sheddable: (now) => sheddableOf(now, encoders),
    simulated: {
      ...(testCamera && { camera: endingSource(testCamera, 'camera', () => path) }),
      ...(testSound && { sound: endingSource(testSound, 'sound', () => path) }),
      ...(links && { links }),
    },
    open: (parts) => {
      const opened = openCameraPath({ ...parts, camera, camera2, sound, encoders });
      const withReceiver = withSimulatedReceiver(opened, links, parts);
      path = opened;
      return withHiddenRun(whip.beside(withReceiver, parts));
    },
    ...(whip.endpoint && { whip: whip.endpoint }),
  };
}

/** In the demo the far end of the uplink runs while the uplink does. */
function withSimulatedReceiver(
  mediaPath: OwnPath,
  links: SimulatedLinks | undefined,
  deps: PathDeps,
): OwnPath {
  const { uplink } = deps.config();
  const to = uplink && receiverOf(uplink);
  if (links === undefined || to === undefined) return mediaPath;
  const receiver = simulatedReceiver(links, to.port, deps);
  const receiving = openSwitch(openSupervision(deps)('relay', receiver, () => true));
  return {
    ...mediaPath,
    run: (signal) => runAll([mediaPath.run, receiving.run], signal),
    setUplinking: (isWanted) => {
      receiving.set(isWanted);
      mediaPath.setUplinking(isWanted);
    },
  };
}

/** A real device that is unplugged ends the pipeline that reads from it. */
function endingSource(
  device: Pluggable,
  kind: SourceKind,
  path: () => Pick<MediaPath, 'restartSource'> | undefined,
): Pluggable {
  return {
    setPlugged: (isPlugged) => {
      device.setPlugged(isPlugged);
      if (!isPlugged) path()?.restartSource(kind, 'unplugged');
    },
  };
}
