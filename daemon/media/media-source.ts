/** What a box shows: its own camera and microphone, or another box’s stream. */
import type { Camera, SetLive } from '../../hal/camera/port.ts';
import type { ClockAndLog } from '../../hal/os/log.ts';
import { openSwitch } from '../../hal/os/switch.ts';
import { runAll, type Task } from '../../hal/os/task.ts';
import type { SourceKind } from '../../pipelines/capture/messages.ts';
import type { WhipEndpoint } from '../../pipelines/whip/messages.ts';
import type { Config } from '../config/config.ts';
import { receiverOf } from '../config/uplink.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { openCameraPath } from './camera-path.ts';
import { openSupervision } from './children/supervision.ts';
import { openEdgePath } from './edge-path.ts';
import { type OwnPath, withHiddenRun } from './hidden-run.ts';
import { ConfiguredInputs } from './inputs/configured.ts';
import type { Pluggable } from './inputs/inputs.ts';
import type { Sheddable } from './loads.ts';
import type { MediaPath, MediaPathDeps } from './media-path.ts';
import { readUplinkSecrets } from './secret-file.ts';
import { sheddableOf } from './sheddable.ts';
import { type SimulatedLinks, simulatedReceiver } from './simulated-links.ts';

type PathDeps = Omit<MediaPathDeps, 'inputs'>;

/** What a box shows: its own camera and microphone, or the stream of another box. */
export interface MediaSource {
  readonly facts: () => Pick<BoxSnapshot, 'camera' | 'drivers' | 'sound' | 'encoder'>;
  /** It has no drops of its own: it starts none, and resumes none after a power failure. */
  readonly isEdge: boolean;
  /** The camera whose exposure is held during a drop. */
  readonly lockable: (config: Config) => Camera | undefined;
  /** With the config that is in force. */
  readonly sheddable: (config: Config) => Sheddable;
  /** Plugs of its test camera, test sound and simulated links, where it has them. */
  readonly simulated: {
    readonly camera?: Pluggable | undefined;
    readonly sound?: Pluggable | undefined;
    readonly links?: SimulatedLinks;
  };
  readonly open: (deps: PathDeps) => MediaPath;
  /** Where a phone or OBS sends its picture, where the config takes one. */
  readonly whip: () => WhipEndpoint | undefined;
  /** Rejects where the machine cannot do what a config asks of camera, sound and encoders. */
  readonly check: (config: Config) => Promise<void>;
  /**
   * Takes the camera, sound card and encoders of another config; whose own keys are the same goes
   * on. Rejects where these cannot be used: those before stay.
   */
  readonly use: (config: Config) => Promise<void>;
}

/** Of a source that has no devices. */
export const NO_DEVICES = {
  lockable: () => undefined,
  /** One for each box: its other simulated devices are put there. */
  get simulated() {
    return {};
  },
  whip: () => undefined,
  check: async () => undefined,
  use: async () => undefined,
} satisfies Partial<MediaSource>;

interface SourceDeps extends ClockAndLog {
  /** The links of the demo's uplink. */
  readonly simulatedLinks?: SimulatedLinks;
  readonly stateFolder: string;
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
  const facts = () => ({ camera: upstream, sound: 'none', encoder: 'none' });
  const sheddable = (now: Config) => sheddableOf(now, undefined);
  return { ...NO_DEVICES, facts, isEdge: true, sheddable, open: openEdgePath };
}

async function openOwn(config: Config, deps: SourceDeps): Promise<MediaSource> {
  const { simulatedLinks: links, log } = deps;
  let path: OwnPath | undefined;
  // A secret that cannot be read is found at the start.
  readUplinkSecrets(config.uplink);
  const setLive: SetLive = (...what) => path?.setLive(...what);
  const inputs = await ConfiguredInputs.open(config, { ...deps, setLive });
  const { current } = inputs;
  const { encoders } = current();
  log.info('encoders chosen', { video: encoders.video, audio: encoders.audio ?? 'none' });
  const plugs = endingPlugs((...what) => path?.restartSource(...what));
  return {
    facts: () => {
      const { camera, sound, encoders: now } = current();
      const drivers = inputs.drivers();
      return { camera: camera.name, sound: sound.name, encoder: now.video, drivers };
    },
    isEdge: false,
    lockable: ({ camera }) => (camera.lock_exposure ? current().camera : undefined),
    sheddable: (now) => sheddableOf(now, current().encoders),
    simulated: {
      get camera() {
        return plugs('camera', inputs.plugOf('camera'));
      },
      get sound() {
        return plugs('sound', inputs.plugOf('sound'));
      },
      ...(links && { links }),
    },
    open: (parts) => {
      const opened = openCameraPath({ ...parts, inputs: current });
      path = opened;
      return withHiddenRun(
        withTask(withSimulatedReceiver(opened, links, parts), inputs.beside(parts)),
      );
    },
    whip: inputs.endpoint,
    check: (now) => inputs.check(now),
    use: async (now) => {
      const { sources, isInput } = await inputs.use(now);
      if (isInput) path?.refresh('input');
      else for (const kind of sources) path?.restartSource(kind, 'its settings have changed');
    },
  };
}

function withTask(path: OwnPath, beside: Task): OwnPath {
  return { ...path, run: (signal) => runAll([path.run, beside], signal) };
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

/**
 * A real device that is unplugged ends the pipeline that reads from it.
 *
 * @returns The plug of a device that ends it so; always the same one of a device.
 */
function endingPlugs(restartSource: MediaPath['restartSource']) {
  const known = new WeakMap<Pluggable, Pluggable>();
  return (kind: SourceKind, device: Pluggable | undefined): Pluggable | undefined => {
    if (device === undefined) return undefined;
    const before = known.get(device);
    if (before !== undefined) return before;
    const plug: Pluggable = {
      setPlugged: (isPlugged) => {
        device.setPlugged(isPlugged);
        if (!isPlugged) restartSource(kind, 'unplugged');
      },
    };
    known.set(device, plug);
    return plug;
  };
}
