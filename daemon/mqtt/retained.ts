import type { BoxSnapshot } from '../model/snapshot.ts';
import type { Outgoing } from './client/connection.ts';
import {
  type BoxFacts,
  reportAlert,
  reportDrop,
  reportInfo,
  topicLevel,
} from './payloads/report.ts';
import type { Stamper } from './payloads/stamp.ts';
import type { Body } from './payloads/topics.ts';

/** What the shop and the drops behind leave to be read; from those who keep them. */
export interface Documents {
  readonly merch?: Body<'merch'>;
  /** The last few drops'. */
  readonly reports: readonly Body<'report'>[];
}

type Kept =
  | { readonly name: 'info'; readonly body: Body<'info'> }
  | { readonly name: 'drop'; readonly body: Body<'drop'> }
  | { readonly name: 'merch'; readonly body: Body<'merch'> }
  | { readonly name: 'alert'; readonly key: string; readonly body: Body<'alert'> }
  | { readonly name: 'report'; readonly key: string; readonly body: Body<'report'> };

const ALERTS_MAX = 64;
const REPORTS_MAX = 8;

/** Retained without a period: told when it changed, and taken back when it is over. */
export class RetainedState {
  readonly #stamper: Stamper;
  readonly #sent = new Map<string, { readonly text: string; readonly clearing: Outgoing }>();

  constructor(stamper: Stamper) {
    this.#stamper = stamper;
  }

  /** What must be published now, so that the broker keeps what is true. */
  changes(snapshot: BoxSnapshot, facts: BoxFacts, documents: Documents): readonly Outgoing[] {
    const wanted = new Map(keep(snapshot, facts, documents).map((one) => [idOf(one), one]));
    const changed = [...wanted].flatMap(([id, kept]) => this.#tell(id, kept));
    const over = [...this.#sent].filter(([id]) => !wanted.has(id));
    for (const [id] of over) this.#sent.delete(id);
    return [...changed, ...over.map(([, { clearing }]) => clearing)];
  }

  /** An alert that the broker still keeps from a run before: it is over, if not told now. */
  staleAlert(topic: string): Outgoing | undefined {
    const key = topic.slice(this.#stamper.topic('alert', '').length);
    return this.#sent.has(`alert/${key}`) ? undefined : this.#stamper.clearing('alert', key);
  }

  /** All is to be told again. */
  restart(): void {
    for (const [id, { clearing }] of this.#sent) this.#sent.set(id, { text: '', clearing });
  }

  #tell(id: string, kept: Kept): readonly Outgoing[] {
    const text = JSON.stringify(kept.body);
    if (this.#sent.get(id)?.text === text) return [];
    const key = 'key' in kept ? kept.key : undefined;
    this.#sent.set(id, { text, clearing: this.#stamper.clearing(kept.name, key) });
    return [this.#stamper.message(kept.name, kept.body, false, key)];
  }
}

function idOf(kept: Kept): string {
  return 'key' in kept ? `${kept.name}/${kept.key}` : kept.name;
}

function keep(snapshot: BoxSnapshot, facts: BoxFacts, { merch, reports }: Documents): Kept[] {
  return [
    { name: 'info', body: reportInfo(snapshot, facts) },
    { name: 'drop', body: reportDrop(snapshot, facts) },
    ...(merch === undefined ? [] : [{ name: 'merch' as const, body: merch }]),
    ...snapshot.warnings
      .slice(0, ALERTS_MAX)
      .map((one) => ({ name: 'alert' as const, key: topicLevel(one.key), body: reportAlert(one) })),
    ...reports
      .slice(-REPORTS_MAX)
      .map((body) => ({ name: 'report' as const, key: topicLevel(body.drop), body })),
  ];
}
