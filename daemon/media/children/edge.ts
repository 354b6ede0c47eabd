/** The edge process, as the daemon runs it. */

import { anySignal } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import type { Log } from '../../../hal/os/log.ts';
import { entryPoint } from '../../../hal/os/process.ts';
import { WantedRestart } from '../../../hal/os/supervise.ts';
import type { Task } from '../../../hal/os/task.ts';
import { openWorker, type Worker } from '../../../hal/os/worker.ts';
import type {
  EdgeSettings,
  FromEdge,
  ToEdge,
  ToEdgeWhep,
} from '../../../pipelines/edge/messages.ts';
import type { WhepSource } from '../../../pipelines/edge/webrtc/source.ts';
import { pipelineErrorOf } from '../../../pipelines/errors/pipeline-error.ts';
import type { MediaFigures } from '../../../pipelines/media/messages.ts';
import type { WhepRequest } from '../../../pipelines/whep/messages.ts';
import { Current, type Feeder, type ServingFeeder } from './current.ts';
import { PipeRequests } from './pipe-requests.ts';
import { StandingPorts } from './standing-ports.ts';

export interface EdgeOptions {
  /** Asked for at each start. */
  readonly settings: () => EdgeSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly onListening: () => void;
  readonly onFigures: (figures: MediaFigures) => void;
  /** Of a viewer, to the WHEP process. */
  readonly onWhep: (request: WhepRequest) => void;
}

/** It has nothing to write out. */
const GRACE_MS = 1_000;
/** Its missing figures are noticed before, as `media-silent`. */
const SILENT_MAX_MS = 10_000;

/** It serves as a feeder once it knows what its upstream has for WebRTC. */
export interface EdgeChild extends Feeder {
  /** Runs it until it ends; a task for `supervise`. */
  readonly run: Task;
  readonly send: (message: ToEdgeWhep) => void;
  /** Leads the hotspot's phones to this page, also in the processes that follow; undefined: nowhere. */
  readonly lead: (page: string | undefined) => void;
  /** What the WHEP process is fed with; undefined before it is known. */
  readonly whepSource: () => WhepSource | undefined;
  /** Ends one that hangs, without asking it. */
  readonly kill: () => void;
  /** Ends it; its supervisor starts it again, with the settings of then. */
  readonly restart: () => void;
}

export const openEdge = (options: EdgeOptions): EdgeChild => new EdgeProcess(options);

class EdgeProcess implements EdgeChild {
  readonly #options: EdgeOptions;
  readonly #worker: Worker<EdgeSettings, ToEdge, FromEdge>;
  readonly #current = new Current<ServingFeeder>();
  readonly #pipes: PipeRequests<ToEdgeWhep>;
  readonly #ports: StandingPorts;
  #source: WhepSource | undefined;
  #page: string | undefined;
  /** Aborts where the process ends, and where its source is another one: who reads reads that. */
  #gone = new AbortController();
  #failing = new AbortController();

  constructor(options: EdgeOptions) {
    this.#options = options;
    this.#ports = new StandingPorts(options.log);
    this.#pipes = new PipeRequests({
      clock: options.clock,
      send: (message) => this.#worker.send(message),
    });
    this.#worker = openWorker(
      {
        name: 'edge',
        entry: entryPoint(import.meta.url, '../../../pipelines/edge/main'),
        graceMs: GRACE_MS,
        silentMaxMs: SILENT_MAX_MS,
        errorOf: pipelineErrorOf,
      },
      options,
    );
  }

  readonly run: Task = async (signal) => {
    const failing = new AbortController();
    this.#failing = failing;
    using ends = anySignal(signal, failing.signal);
    const settings = this.#options.settings();
    const { server, inherit } = this.#ports.lend(settings.server);
    try {
      const started = {
        ...{ settings: { ...settings, server }, inherit },
        onMessage: (message: FromEdge) => this.#onMessage(message),
      };
      await this.#worker.run(started, ends.signal);
      if (failing.signal.aborted) throw failing.signal.reason;
    } finally {
      this.#current.set(undefined);
      this.#gone.abort(new Error('the media process has ended'));
      if (signal.aborted) this.#ports.close();
    }
  };

  readonly send = (message: ToEdgeWhep): void => this.#worker.send(message);
  readonly lead = (page: string | undefined): void => {
    this.#page = page;
    this.#worker.send({ type: 'portal', ...(page && { page }) });
  };
  readonly whepSource = (): WhepSource | undefined => this.#source;
  readonly kill = (): void => this.#worker.kill();
  readonly restart = (): void =>
    this.#failing.abort(new WantedRestart('its settings have changed'));
  readonly serving = (signal: AbortSignal): Promise<ServingFeeder> => this.#current.wait(signal);

  #onMessage(message: FromEdge): void {
    switch (message.type) {
      case 'listening':
        this.#options.onListening();
        if (this.#page !== undefined) this.lead(this.#page);
        break;
      case 'figures':
        this.#options.onFigures(message.figures);
        break;
      case 'whep-source':
        this.#setSource(message.source);
        break;
      case 'opened':
      case 'broken':
        this.#pipes.onMessage(message);
        break;
      case 'whep':
        this.#options.onWhep(message.request);
        break;
    }
  }
  /** A reader that runs, or is starting, has the settings of the one before. */
  #setSource(source: WhepSource): void {
    this.#source = source;
    this.#gone.abort(new WantedRestart('the upstream has changed'));
    this.#gone = new AbortController();
    const gone = this.#gone.signal;
    this.#current.set({
      gone,
      openPipes: (ask, onBroken, signal) => this.#pipes.open(ask, onBroken, signal, gone),
    });
  }
}
