/** Figures of the viewers' server. */

/** Counted since the start. */
export interface HttpTotals {
  requestsTotal: number;
  sentBytesTotal: number;
  /** Connections and streams whose client did not read. */
  droppedSlowTotal: number;
  refusedTotal: number;
  /** Answered with 500: see `withFaultReply`. */
  failedTotal: number;
}

export interface HttpFigures extends Readonly<HttpTotals> {
  readonly connections: number;
  /** Requests that are held now: blocking reloads, and hinted parts. */
  readonly held: number;
  /** The address of this machine at which most clients came in; left out where none did. */
  readonly reachedAt?: string;
}

export function openTotals(): HttpTotals {
  return {
    requestsTotal: 0,
    sentBytesTotal: 0,
    droppedSlowTotal: 0,
    refusedTotal: 0,
    failedTotal: 0,
  };
}
