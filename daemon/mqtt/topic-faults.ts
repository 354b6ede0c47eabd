/** Topics that a broker does not take: refused by its rules, or larger than it takes. */
import type { Log } from '../../hal/os/log.ts';
import type { TopicFaults } from './broker/state.ts';
import type { MqttError } from './client/connection.ts';

/** Topics that are named, one by one. */
const NAMED_MAX = 64;

/** Of one connection. */
export class FaultyTopics {
  readonly #onChange: (faults: TopicFaults) => void;
  readonly #log: Log;
  readonly #faults = new Map<string, 'REFUSED' | 'TOO_LARGE'>();

  constructor(onChange: (faults: TopicFaults) => void, log: Log) {
    this.#onChange = onChange;
    this.#log = log;
  }

  has(topic: string): boolean {
    return this.#faults.has(topic);
  }

  /** True where it was not known before. */
  add(topic: string, { code, message }: MqttError): boolean {
    if (code !== 'REFUSED' && code !== 'TOO_LARGE') {
      this.#log.debug('message not published', { topic, reason: message });
      return false;
    }
    if (this.#faults.get(topic) === code || this.#faults.size >= NAMED_MAX) return false;
    this.#faults.set(topic, code);
    const what = code === 'REFUSED' ? 'topic refused by the broker' : 'message too large';
    this.#log.warn(what, { topic, reason: message });
    this.#report();
    return true;
  }

  /** It was published. */
  clear(topic: string): void {
    if (this.#faults.delete(topic)) this.#report();
  }

  #report(): void {
    const of = (wanted: string) =>
      [...this.#faults].flatMap(([topic, code]) => (code === wanted ? [topic] : [])).toSorted();
    this.#onChange({ refusedTopics: of('REFUSED'), largeTopics: of('TOO_LARGE') });
  }
}
