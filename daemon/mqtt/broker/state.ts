/** The broker, as the box reports it. */
import type { BrokerState } from '../../model/snapshot.ts';
import type { Connection } from '../client/connection.ts';
import { MqttError, type Protocol } from '../client/connection.ts';

export type MqttState =
  | (Extract<BrokerState, { readonly phase: 'connected' }> & { readonly protocol: Protocol })
  | Extract<BrokerState, { readonly phase: 'away' }>;

export interface TopicFaults {
  readonly refusedTopics: readonly string[];
  readonly largeTopics: readonly string[];
}

/** Two boxes of one name take turns, and each is away for up to a minute meanwhile. */
const CONFLICT_LASTS_MS = 10 * 60_000;

/** Puts together what the parts of MQTT find, and reports it. */
export class BrokerReport {
  readonly #onChange: (state: MqttState) => void;
  readonly #nowMs: () => number;
  #state: MqttState | undefined;
  #nameConflict: { readonly text: string; readonly seenMs: number } | undefined;

  /** @param nowMs Monotonic. */
  constructor(onChange: (state: MqttState) => void, nowMs: () => number) {
    this.#onChange = onChange;
    this.#nowMs = nowMs;
  }

  connected({ protocol, limits }: Pick<Connection, 'protocol' | 'limits'>): void {
    const words = limitsInWords(limits);
    this.#set({ phase: 'connected', protocol, ...(words.length > 0 && { limits: words }) });
  }

  away(reason: string, error: unknown): void {
    const isCertificate = error instanceof MqttError && error.code === 'CERTIFICATE';
    this.#set({ phase: 'away', reason, ...(isCertificate && { isCertificate }) });
  }

  topics({ refusedTopics, largeTopics }: TopicFaults): void {
    if (this.#state?.phase !== 'connected') return;
    const { phase, protocol, limits } = this.#state;
    this.#set({
      ...{ phase, protocol },
      ...(limits && { limits }),
      ...(refusedTopics.length > 0 && { refusedTopics }),
      ...(largeTopics.length > 0 && { largeTopics }),
    });
  }

  /** Another box has the name of this one. */
  conflictSeen(text: string): void {
    const isNew = this.#nameConflict?.text !== text;
    this.#nameConflict = { text, seenMs: this.#nowMs() };
    if (isNew) this.#report();
  }

  /** Forgets another box that was not seen for a while. */
  check(): void {
    if (
      this.#nameConflict === undefined ||
      this.#nowMs() - this.#nameConflict.seenMs < CONFLICT_LASTS_MS
    )
      return;
    this.#nameConflict = undefined;
    this.#report();
  }

  get nameConflict(): string | undefined {
    return this.#nameConflict?.text;
  }

  #set(state: MqttState): void {
    this.#state = state;
    this.#report();
  }

  #report(): void {
    if (this.#state === undefined) return;
    this.#onChange({
      ...this.#state,
      ...(this.#nameConflict && { nameConflict: this.#nameConflict.text }),
    });
  }
}

/** Empty where it offers all that the box uses. */
export function limitsInWords({
  packetMaxBytes,
  qosMax,
  canRetain,
}: Connection['limits']): readonly string[] {
  return [
    ...(packetMaxBytes < Number.POSITIVE_INFINITY ? [`packets up to ${packetMaxBytes} bytes`] : []),
    ...(qosMax === 0 ? ['no acknowledgements (QoS 0)'] : []),
    ...(canRetain ? [] : ['no retained messages']),
  ];
}
