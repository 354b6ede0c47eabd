/** Sends state, levels, log lines and progress to all open pages. */
import type { ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { Condition, pause } from '../../hal/os/async.ts';
import type { ClockAndLog } from '../../hal/os/log.ts';
import type { Levels } from '../../pipelines/media/levels.ts';
import type { PrintedSlipInfo } from '../devices/printed-slips.ts';
import type { SimulatedPanel } from '../devices/simulated-panel.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import type { Prints } from '../printing/open.ts';
import { changesSince, type Sent } from './changes.ts';
import { EventStream, renderEvent } from './event-stream.ts';
import type { History, Sample } from './history.ts';
import type { LogTail } from './log-tail.ts';
import type { Bye, Change, CommandProgress, Hello, View, ViewerPorts } from './protocol.ts';
import type { Role } from './sessions.ts';

export interface EventDeps extends ClockAndLog {
  readonly snapshot: () => BoxSnapshot;
  readonly slips: () => readonly PrintedSlipInfo[];
  readonly prints: Pick<Prints, 'jobs'>;
  readonly panel?: SimulatedPanel;
  readonly logTail: LogTail;
  readonly viewers: () => ViewerPorts;
  /** Unix time in ms by the stream's clock. */
  readonly streamNowMs: () => number;
  /** So long the end of a drop is served, in ms; left out where there are no drops. */
  readonly endedLeftMs?: () => number;
}

const TICK_MS = 100;
/** Levels every tick, the rest twice a second. */
const TICKS_PER_CHANGE = 5;
const MINUTE_MS = 60_000;
const STREAMS_MAX = 16;
/** Devices of hosts leave room for the crew. */
const OF_HOSTS_MAX = 10;
/** A phone that lost its network leaves unread streams behind. */
const STREAMS_PER_SESSION = 3;
const RETRY_MS = 1_000;

/** All pages get the same events, rendered once; without a page nothing is rendered. */
export class Events {
  readonly #deps: EventDeps;
  readonly #history: History;
  readonly #isSignedIn: (session: string) => boolean;
  #streams: EventStream[] = [];
  #sent: Sent = {};
  #viewers: ViewerPorts | undefined;
  #levels: Levels | undefined;
  #logSeq = 0;
  readonly #opened = new Condition();

  constructor(deps: EventDeps, history: History, isSignedIn: (session: string) => boolean) {
    this.#deps = deps;
    this.#history = history;
    this.#isSignedIn = isSignedIn;
  }

  /** Opens a stream on `response`; false for a host where there are too many. */
  open(response: ServerResponse, session: string, role: Role): boolean {
    this.#forgetClosed();
    const own = this.#streams.filter((stream) => stream.session === session);
    if (own.length >= STREAMS_PER_SESSION) this.#end(own.slice(0, 1), 'another-page');
    const isHost = role === 'host';
    if (!this.#makeRoom(isHost)) return false;
    const nowMs = this.#deps.clock.monotonicMs();
    const stream = new EventStream(response, session, nowMs, isHost);
    response.writeHead(200);
    response.on('error', () => undefined);
    // The open pages get their changes first: from here on all have the same state.
    this.#sendChanges();
    this.#sendLog();
    stream.send(`retry: ${RETRY_MS}\n${renderEvent('hello', this.#hello())}`, false);
    this.#streams.push(stream);
    this.#opened.notifyAll();
    return true;
  }

  /** Where all are taken, one of a host ends; the crew's only for another of the crew. */
  #makeRoom(isHost: boolean): boolean {
    const hosts = this.#streams.filter((stream) => stream.isHost);
    const isFull = this.#streams.length >= STREAMS_MAX;
    if (!isFull && !(isHost && hosts.length >= OF_HOSTS_MAX)) return true;
    const ending = oldestOfMost(hosts.length > 0 || isHost ? hosts : this.#streams);
    if (ending !== undefined) this.#end([ending], 'another-page');
    return ending !== undefined;
  }

  sendProgress(progress: CommandProgress): void {
    this.#send('progress', progress, false);
  }

  sendSample(sample: Sample): void {
    this.#send('sample', sample, false);
  }

  /** Ends the pages of a session that has signed out. */
  endSession(session: string): void {
    this.#end(
      this.#streams.filter((stream) => stream.session === session),
      'signed-out',
    );
  }

  /** Sends until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      for (let tick = 0; !signal.aborted; tick += 1) {
        if (this.#streams.length === 0) await this.#opened.wait(signal);
        this.#sendLevels();
        if (tick % TICKS_PER_CHANGE === 0) {
          this.#closeStreams();
          this.#sendChanges();
          this.#sendLog();
        }
        await pause(this.#deps.clock, TICK_MS, signal);
      }
    } finally {
      this.#end(this.#streams, 'ending');
    }
  }

  #view(): View {
    const box = this.#deps.snapshot();
    const { levels: _, ...rest } = box;
    const prints = this.#deps.prints.jobs();
    return {
      ...rest,
      slips: this.#slips(),
      printJobs: prints,
      panel: this.#deps.panel?.state(box),
      endServedUntilMs: this.#endServedUntilMs(),
    };
  }

  #endServedUntilMs(): number | undefined {
    const { clock, endedLeftMs = () => 0 } = this.#deps;
    const leftMs = endedLeftMs();
    if (leftMs === 0) return undefined;
    return Math.ceil((clock.wallMs() + leftMs) / MINUTE_MS) * MINUTE_MS;
  }

  /** Without the pictures, which the page loads one by one. */
  #slips(): readonly PrintedSlipInfo[] {
    return this.#deps.slips().map(({ id, atMs, title }) => ({ id, atMs, title }));
  }

  #hello(): Hello {
    const view = this.#view();
    const log = this.#deps.logTail.after(0);
    this.#sent = changesSince({}, view).sent;
    const viewers = this.#deps.viewers();
    this.#viewers = viewers;
    this.#logSeq = log.at(-1)?.seq ?? 0;
    return {
      ...this.#now(),
      view,
      history: this.#history.samples(),
      log,
      viewers,
    };
  }

  #now() {
    return { nowMs: this.#deps.clock.wallMs(), streamNowMs: this.#deps.streamNowMs() };
  }

  #sendChanges(): void {
    if (this.#streams.length === 0) return;
    if (!isDeepStrictEqual(this.#viewers, this.#deps.viewers())) {
      this.#send('hello', this.#hello(), false);
      return;
    }
    const { sent, changed, removed } = changesSince(this.#sent, this.#view());
    this.#sent = sent;
    // Also sent when empty: the page sees that the box is alive.
    this.#send('change', { ...this.#now(), changed, removed } satisfies Change, false);
  }

  #sendLevels(): void {
    const { levels } = this.#deps.snapshot();
    if (levels === this.#levels) return;
    this.#levels = levels;
    this.#send('levels', levels ?? null, true);
  }

  #sendLog(): void {
    if (this.#streams.length === 0) return;
    const lines = this.#deps.logTail.after(this.#logSeq);
    if (lines.length === 0) return;
    this.#logSeq = lines.at(-1)?.seq ?? this.#logSeq;
    this.#send('log', lines, false);
  }

  #send(name: string, data: unknown, isOptional: boolean): void {
    if (this.#streams.length === 0) return;
    const frame = renderEvent(name, data);
    for (const stream of this.#streams) stream.send(frame, isOptional);
  }

  #closeStreams(): void {
    const nowMs = this.#deps.clock.monotonicMs();
    const over = this.#streams.filter((stream) => !this.#isSignedIn(stream.session));
    this.#end(over, 'expired');
    for (const stream of this.#streams) {
      if (!stream.closeIfStalled(nowMs)) continue;
      this.#deps.log.warn('operator page disconnected: it reads too slowly');
    }
    this.#forgetClosed();
  }

  #end(streams: readonly EventStream[], reason: Bye['reason']): void {
    const bye = renderEvent('bye', { reason } satisfies Bye);
    for (const stream of streams) stream.end(bye);
    this.#forgetClosed();
  }

  #forgetClosed(): void {
    this.#streams = this.#streams.filter((stream) => stream.isOpen);
  }
}

/** The oldest stream of the session that has most of these. */
function oldestOfMost(streams: readonly EventStream[]): EventStream | undefined {
  const counts = new Map<string, number>();
  for (const { session } of streams) counts.set(session, (counts.get(session) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return streams.find(({ session }) => counts.get(session) === most);
}
