/** Retained topics without a period: published on change. */
import { REPORTS_MAX } from '../model/drop-report.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import type { Outgoing } from './client/connection.ts';
import {
  alertBody,
  type BoxFacts,
  dropBody,
  dropsBody,
  infoBody,
  topicLevel,
} from './payloads/snapshot-payloads.ts';
import type { Stamper } from './payloads/stamp.ts';
import type { Body } from './payloads/topics.ts';
import { updateBody } from './payloads/update-payload.ts';

/** Documents of the shop and of past drops. */
export interface Documents {
  readonly merch?: Body<'merch'>;
  /** Of the last drops. */
  readonly reports: readonly Body<'report'>[];
}

type Retained =
  | { readonly name: 'checklist'; readonly body: Body<'checklist'> }
  | { readonly name: 'rehearsal'; readonly body: Body<'rehearsal'> }
  | { readonly name: 'survey'; readonly body: Body<'survey'> }
  | { readonly name: 'info'; readonly body: Body<'info'> }
  | { readonly name: 'drop'; readonly body: Body<'drop'> }
  | { readonly name: 'drops'; readonly body: Body<'drops'> }
  | { readonly name: 'update'; readonly body: Body<'update'> }
  | { readonly name: 'merch'; readonly body: Body<'merch'> }
  | { readonly name: 'alert'; readonly key: string; readonly body: Body<'alert'> }
  | { readonly name: 'report'; readonly key: string; readonly body: Body<'report'> };

const ALERTS_MAX = 64;

/** Of these a box may have none later: what it published of them is remembered over connections. */
const KEPT = ['report', 'drops', 'merch'];

/** Remembers what was published; clears what is over. */
export class RetainedState {
  readonly #stamper: Stamper;
  readonly #sent = new Map<string, { readonly text: string; readonly clearing: Outgoing }>();

  /** @param before What the broker has of connections before. */
  constructor(stamper: Stamper, before: readonly string[] = []) {
    this.#stamper = stamper;
    for (const id of before) this.#sent.set(id, { text: '', clearing: stamper.clearingOf(id) });
  }

  /** What is on the broker now and may have to be cleared over another connection. */
  get kept(): readonly string[] {
    return [...this.#sent.keys()].filter((id) => KEPT.includes(id.split('/')[0] ?? '')).toSorted();
  }

  /** The messages that make the broker's retained state current. */
  changes(snapshot: BoxSnapshot, facts: BoxFacts, documents: Documents): readonly Outgoing[] {
    const wanted = new Map(retainedOf(snapshot, facts, documents).map((one) => [idOf(one), one]));
    const changed = [...wanted].flatMap(([id, one]) => this.#changed(id, one));
    const over = [...this.#sent].filter(([id]) => !wanted.has(id));
    for (const [id] of over) this.#sent.delete(id);
    return [...changed, ...over.map(([, { clearing }]) => clearing)];
  }

  /** Clears an alert that the broker has retained from a run before, unless it is current. */
  staleAlert(topic: string): Outgoing | undefined {
    const key = topic.slice(this.#stamper.topic('alert', '').length);
    return this.#sent.has(`alert/${key}`) ? undefined : this.#stamper.clearing('alert', key);
  }

  /** Everything is published again. */
  restart(): void {
    for (const [id, { clearing }] of this.#sent) this.#sent.set(id, { text: '', clearing });
  }

  #changed(id: string, one: Retained): readonly Outgoing[] {
    const text = JSON.stringify(one.body);
    if (this.#sent.get(id)?.text === text) return [];
    const key = 'key' in one ? one.key : undefined;
    this.#sent.set(id, { text, clearing: this.#stamper.clearing(one.name, key) });
    return [this.#stamper.message(one.name, one.body, false, key)];
  }
}

function idOf(one: Retained): string {
  return 'key' in one ? `${one.name}/${one.key}` : one.name;
}

function retainedOf(
  snapshot: BoxSnapshot,
  facts: BoxFacts,
  { merch, reports }: Documents,
): Retained[] {
  const drops = dropsBody(snapshot);
  return [
    { name: 'info', body: infoBody(snapshot, facts) },
    { name: 'drop', body: dropBody(snapshot, facts) },
    ...(drops === undefined ? [] : [{ name: 'drops' as const, body: drops }]),
    ...(merch === undefined ? [] : [{ name: 'merch' as const, body: merch }]),
    ...readinessOf(snapshot),
    ...(snapshot.update === undefined
      ? []
      : [{ name: 'update' as const, body: updateBody(snapshot.update) }]),
    ...snapshot.warnings
      .slice(0, ALERTS_MAX)
      .map((one) => ({ name: 'alert' as const, key: topicLevel(one.key), body: alertBody(one) })),
    ...reports
      .slice(-REPORTS_MAX)
      .map((body) => ({ name: 'report' as const, key: topicLevel(body.drop), body })),
  ];
}

function readinessOf({ readiness = {} }: BoxSnapshot): Retained[] {
  const { checklist, rehearsal, survey } = readiness;
  return [
    ...(checklist === undefined ? [] : [{ name: 'checklist' as const, body: checklist }]),
    ...(rehearsal === undefined ? [] : [{ name: 'rehearsal' as const, body: rehearsal }]),
    ...(survey === undefined ? [] : [{ name: 'survey' as const, body: survey }]),
  ];
}
