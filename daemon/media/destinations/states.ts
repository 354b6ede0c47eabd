/** The states of all destinations, from what their processes and supervisors report. */
import type { Supervised } from '../../../hal/os/supervise.ts';
import type { DestinationConfig } from '../../config/destinations.ts';
import type { Destination } from '../../model/destinations.ts';

/** What a process reports once a second. */
export type DestinationReport = Pick<
  Destination,
  'reason' | 'sentBps' | 'sentBytesTotal' | 'rttMs'
> & { readonly phase: 'connecting' | 'connected' };

export class DestinationStates {
  readonly #onChange: (destinations: readonly Destination[]) => void;
  #states: readonly Destination[];

  constructor(
    configs: readonly DestinationConfig[],
    onChange: (destinations: readonly Destination[]) => void,
  ) {
    this.#onChange = onChange;
    this.#states = configs.map(({ id, kind }) => offState({ id, kind, restartsTotal: 0 }));
    if (configs.length > 0) onChange(this.#states);
  }

  report(id: string, report: DestinationReport): void {
    this.#change(id, ({ kind, reason, restartsTotal }) => ({
      ...{ id, kind, restartsTotal },
      ...report,
      // What ended the process before stands until the next one is connected.
      ...(report.phase === 'connecting' && report.reason === undefined && reason !== undefined
        ? { reason }
        : {}),
    }));
  }

  supervised(id: string, { phase, restartsTotal, lastFailure }: Supervised): void {
    this.#change(id, (before) => {
      if (phase === 'stopped') return offState({ ...before, restartsTotal });
      if (phase === 'running' && before.phase === 'connected') return before;
      return {
        ...offState({ ...before, restartsTotal }),
        phase: 'connecting',
        ...(lastFailure === undefined ? {} : { reason: lastFailure }),
      };
    });
  }

  /** It pauses, since the link that it leaves by has no data left; undefined: no longer. */
  paused(id: string, link: string | undefined): void {
    this.#change(id, (before) => ({
      ...offState(before),
      ...(link === undefined
        ? {}
        : { phase: 'connecting', reason: `the data budget of link ${link} is used up` }),
    }));
  }

  #change(id: string, change: (before: Destination) => Destination): void {
    this.#states = this.#states.map((one) => (one.id === id ? change(one) : one));
    this.#onChange(this.#states);
  }
}

function offState({
  id,
  kind,
  restartsTotal,
}: Pick<Destination, 'id' | 'kind' | 'restartsTotal'>): Destination {
  return { id, kind, phase: 'off', sentBps: 0, sentBytesTotal: 0, restartsTotal };
}
