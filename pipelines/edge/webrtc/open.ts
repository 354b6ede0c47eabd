/** WebRTC at an edge: viewers' requests, the WHEP process beside it, and what that is fed with. */
import type { Clock } from '../../../hal/os/clock.ts';
import { UplinkFeed } from '../../feed/uplink-feed.ts';
import { openOutputs } from '../../feed/uplink-request.ts';
import type { HttpRequest } from '../../http/handlers.ts';
import { openWhep, unavailable, type Whep, type WhepOptions } from '../../whep/http/endpoint.ts';
import type { WhepRequest } from '../../whep/messages.ts';
import type { FromEdge, ToEdgeWhep } from '../messages.ts';
import { WhepFeed, type WhepFeedDeps } from './feed.ts';
import { type Ladder, namesOf } from './ladder.ts';

export interface EdgeWhepDeps
  extends Pick<WhepFeedDeps, 'streams' | 'ladder' | 'nowUs' | 'onMissing'> {
  readonly options: WhepOptions;
  /** Of the upstream's playlist for this request; never rejects. */
  readonly ladderFor: (request: HttpRequest) => Promise<Ladder | undefined>;
  /** A guest of this address watches. */
  readonly onWatching: (address: string) => void;
  readonly send: (message: FromEdge) => void;
  readonly clock: Clock;
}

export interface EdgeWhep {
  readonly exchange: Whep['exchange'];
  readonly handle: (message: ToEdgeWhep) => void;
  /** Until the signal aborts. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/** @throws PipelineError BAD_SECRET. */
export function openEdgeWhep({ options, send, clock, ...deps }: EdgeWhepDeps): EdgeWhep {
  const uplink = new UplinkFeed();
  const feed = new WhepFeed({
    ...{ ...deps, clock, feed: uplink },
    onSource: (source) => send({ type: 'whep-source', source }),
    onEnded: () => whep.endAll(),
  });
  const ask = (request: WhepRequest): void => {
    if (request.type === 'offer') feed.want(feed.best(request.renditions));
    send({ type: 'whep', request });
  };
  const whep: Whep = openWhep({
    options,
    // Until a drop is live its stream is the upstream's secret.
    admit: (request) =>
      feed.missing === undefined ? request : unavailable(feed.missing.reason, feed.missing.isSoon),
    renditions: async (request) => namesOf(await deps.ladderFor(request)),
    send: ask,
    nowMs: () => clock.monotonicMs(),
  });
  const handle = (message: ToEdgeWhep): void => {
    if (message.type === 'uplink') send(openOutputs(uplink, message));
    else fromWhep(message.message);
  };
  const fromWhep = (message: Extract<ToEdgeWhep, { type: 'whep' }>['message']): void => {
    if (message.type === 'answered') whep.onAnswer(message.request, message.answer);
    else if (message.type === 'wanted') feed.want(message.renditions);
    else for (const address of message.addresses) deps.onWatching(address);
  };
  return { exchange: whep.exchange, handle, run: (signal) => feed.run(signal) };
}
