/** Makes messages of payloads: envelope, topic, QoS, retention and expiry by the table. */
import type { Clock } from '../../../hal/os/clock.ts';
import type { Outgoing } from '../client/connection.ts';
import { rfc3339 } from './snapshot-payloads.ts';
import { type Body, expiryS, TOPICS, type TopicName } from './topics.ts';

export class Stamper {
  readonly root: string;
  readonly #session: string;
  readonly #clock: Clock;
  readonly #seqs = new Map<TopicName, number>();

  /** @param session Names this run of the daemon. */
  constructor(root: string, session: string, clock: Clock) {
    this.root = root;
    this.#session = session;
    this.#clock = clock;
  }

  /** @param key The last level of the topic, such as the key of an alert. */
  message<T extends TopicName>(name: T, body: Body<T>, isLive: boolean, key?: string): Outgoing {
    const seq = (this.#seqs.get(name) ?? 0) + 1;
    this.#seqs.set(name, seq);
    const ts = rfc3339(this.#clock.wallMs());
    const expiry = expiryS(name, isLive);
    return {
      topic: this.topic(name, key),
      payload: JSON.stringify({ v: 1, ts, seq, session: this.#session, ...body }),
      qos: TOPICS[name].qos,
      isRetained: TOPICS[name].isRetained,
      ...(expiry === undefined ? {} : { expiryS: expiry }),
    };
  }

  /** Clears what is retained. */
  clearing(name: TopicName, key?: string): Outgoing {
    return this.clearingOf(key === undefined ? name : `${name}/${key}`);
  }

  /** @param id The topic below the box's own. */
  clearingOf(id: string): Outgoing {
    return { topic: `${this.root}/${id}`, payload: '', qos: 1, isRetained: true };
  }

  topic(name: TopicName, key?: string): string {
    return key === undefined ? `${this.root}/${name}` : `${this.root}/${name}/${key}`;
  }
}
