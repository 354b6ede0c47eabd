/** The page's data, replaced by each event. Pure. */
import type { Levels } from '../../../../pipelines/media/levels.ts';
import type { Sample } from '../../history.ts';
import type { LogLine } from '../../log-tail.ts';
import type { Change, CommandProgress, Hello, View, ViewerPorts } from '../../protocol.ts';

export interface Model {
  readonly view: View;
  readonly history: readonly Sample[];
  readonly log: readonly LogLine[];
  readonly levels: Levels | null;
  readonly viewers: ViewerPorts;
  readonly progress: CommandProgress | undefined;
  /** By how much the box's clock is ahead of this device's. */
  readonly offsetMs: number;
  /** The same of the clock that its stream goes by. */
  readonly streamOffsetMs: number;
}

const SAMPLES_MAX = 300;
const LINES_MAX = 200;

export function fromHello(hello: Hello, nowMs: number): Model {
  const { view, history, log, viewers } = hello;
  return {
    view,
    history,
    log,
    viewers,
    levels: null,
    progress: undefined,
    ...offsets(hello, nowMs),
  };
}

/**
 * The page was loaded from another version of the box, or may not fetch pictures from where they
 * are now, which its Content-Security-Policy says.
 *
 * @param first What the page got first.
 */
export function isOutdated(first: Served, now: Served): boolean {
  const { port, tlsPort } = now.viewers;
  const isMoved = first.viewers.port !== port || first.viewers.tlsPort !== tlsPort;
  return isMoved || first.view.version !== now.view.version;
}

interface Served {
  readonly view: Pick<View, 'version'>;
  readonly viewers: Pick<ViewerPorts, 'port' | 'tlsPort'>;
}

export function withChange(model: Model, change: Change, nowMs: number): Model {
  const view: Record<string, unknown> = { ...model.view, ...change.changed };
  for (const key of change.removed) delete view[key];
  return { ...model, view: view as unknown as View, ...offsets(change, nowMs) };
}

function offsets(box: Pick<Hello, 'nowMs' | 'streamNowMs'>, nowMs: number) {
  return { offsetMs: box.nowMs - nowMs, streamOffsetMs: box.streamNowMs - nowMs };
}

export function withSample(model: Model, sample: Sample): Model {
  return { ...model, history: [...model.history, sample].slice(-SAMPLES_MAX) };
}

export function withLogLines(model: Model, lines: readonly LogLine[]): Model {
  const known = model.log.at(-1)?.seq ?? 0;
  const fresh = lines.filter(({ seq }) => seq > known);
  return { ...model, log: [...model.log, ...fresh].slice(-LINES_MAX) };
}
