/** Camera, sound card and encoders of a box: others where the config changes. */
import { anySignal, turns, untilAborted } from '../../../hal/os/async.ts';
import { runAll, type Task } from '../../../hal/os/task.ts';
import type { SourceKind } from '../../../pipelines/capture/messages.ts';
import type { WhipEndpoint } from '../../../pipelines/whip/messages.ts';
import type { Config } from '../../config/config.ts';
import { openSupervision, type SupervisionDeps } from '../children/supervision.ts';
import {
  type Drivers,
  type Inputs,
  type InputsDeps,
  type OpenInputs,
  openInputs,
  type Pluggable,
} from './inputs.ts';

/** What has to be restarted for another config. */
export interface Replaced {
  /** Their processes alone: encoders and media go on. */
  readonly sources: readonly SourceKind[];
  /** Which encoders are used, or which sources there are. */
  readonly isInput: boolean;
}

const KINDS: readonly SourceKind[] = ['camera', 'camera2', 'sound'];
/** What other processes receive. */
const SENT = ['whip', 'srt'] as const;

export class ConfiguredInputs {
  readonly #deps: InputsDeps;
  #open: OpenInputs;
  readonly #inTurn = turns();
  #isOther = { whip: new AbortController(), srt: new AbortController() };

  private constructor(open: OpenInputs, deps: InputsDeps) {
    this.#open = open;
    this.#deps = deps;
  }

  /** Rejects with a ConfigError, HalError or PipelineError for what an operator must repair. */
  static async open(config: Config, deps: InputsDeps): Promise<ConfiguredInputs> {
    return new ConfiguredInputs(await openInputs(config, undefined, deps), deps);
  }

  readonly current = (): Inputs => {
    const { camera, camera2, sound, encoders } = this.#open;
    return {
      ...{ camera: camera.is.device, camera2: camera2.is },
      ...{ sound: sound.is.device, hasSound: hasSound(this.#open), encoders: encoders.is },
    };
  };

  readonly drivers = (): Drivers => this.#open.drivers;

  /** Of a test source: it can be pulled out. */
  readonly plugOf = (kind: 'camera' | 'sound'): Pluggable | undefined => this.#open[kind].is.plug;

  /** Where a phone or OBS sends its picture; undefined where the config takes none. */
  readonly endpoint = (): WhipEndpoint | undefined => this.#open.whip.is.endpoint;

  /** Whether these could be used; rejects as `open` does. */
  async check(config: Config): Promise<void> {
    await openInputs(config, this.#open, this.#deps);
  }

  /** Rejects as `open` does; then all stay as they were. One call after the other. */
  use(config: Config): Promise<Replaced> {
    return this.#inTurn(() => this.#use(config));
  }

  async #use(config: Config): Promise<Replaced> {
    const before = this.#open;
    this.#open = await openInputs(config, before, this.#deps);
    for (const name of SENT) {
      if (this.#open[name] === before[name]) continue;
      this.#isOther[name].abort();
      this.#isOther[name] = new AbortController();
    }
    const sources = KINDS.filter((kind) => this.#open[kind] !== before[kind]);
    const isInput = shapeOf(before) !== shapeOf(this.#open);
    return { sources, isInput };
  }

  /**
   * The processes of what phones, OBS and encoders send, where there are any, as long as the media
   * path runs: they may come before the drop.
   */
  beside(deps: SupervisionDeps): Task {
    const supervise = openSupervision(deps);
    const runOne = async (name: (typeof SENT)[number], signal: AbortSignal): Promise<void> => {
      while (!signal.aborted) {
        using ends = anySignal(signal, this.#isOther[name].signal);
        const { run } = this.#open[name].is;
        const task = run === undefined ? untilAborted : supervise(name, run, () => true);
        await task(ends.signal);
      }
    };
    return (signal) =>
      runAll(
        SENT.map((name) => (until: AbortSignal) => runOne(name, until)),
        signal,
      );
  }
}

/** What encoders and media are made for; which camera or sound card that comes from is none of it. */
function shapeOf(open: OpenInputs): string {
  return JSON.stringify([open.encoders.is, open.camera2.is !== undefined, hasSound(open)]);
}

function hasSound({ sound }: OpenInputs): boolean {
  return sound.is.device.source !== undefined;
}
