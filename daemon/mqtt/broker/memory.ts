/** What the box has learnt of its broker, over restarts. */
import * as v from 'valibot';
import type { Log } from '../../../hal/os/log.ts';
import { openSaved, type Saved } from '../../../hal/os/state/saved.ts';
import { mayBeVersion } from '../client/connect.ts';
import { type Connection, MqttError, type Protocol } from '../client/connection.ts';

const stored = v.object({
  url: v.string(),
  protocol: v.picklist([4, 5]),
  /** Unix time in ms. */
  sinceMs: v.number(),
  /** Messages that the discovery was last published as. */
  discoveryParts: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64)), 1),
  /** What stays on the broker until it is cleared: topics below the box's own. */
  retained: v.optional(v.array(v.pipe(v.string(), v.regex(/^[a-z]+(\/[a-z0-9.-]+)?$/))), []),
});

type Stored = v.InferOutput<typeof stored>;

/** After this MQTT 5 is tried first again: the broker may have been updated. */
const TRUST_OLD_MS = 86_400_000;

export class BrokerMemory {
  readonly #url: string;
  readonly #saved: Saved<Stored>;
  /** Attempts without an answer since the last connection. */
  #failures = 0;

  constructor(path: string, url: string, log: Log) {
    this.#url = url;
    this.#saved = openSaved(path, stored, { what: 'broker memory', log });
  }

  /** Undefined for another broker. */
  get #known(): Stored | undefined {
    const { value } = this.#saved;
    return value?.url === this.#url ? value : undefined;
  }

  /**
   * The versions to try, in this order. Where one has worked it is tried alone at first: a
   * broker that is restarted closes connections too.
   */
  protocols(wallMs: number): readonly Protocol[] {
    if (this.#known === undefined) return [5, 4];
    const { protocol, sinceMs } = this.#known;
    if (protocol === 4 && Math.abs(wallMs - sinceMs) > TRUST_OLD_MS) return [5, 4];
    const other = protocol === 5 ? 4 : 5;
    return this.#failures === 0 ? [protocol] : [protocol, other];
  }

  failed(error: unknown): void {
    if (error instanceof MqttError && mayBeVersion(error)) this.#failures += 1;
  }

  async connected({ protocol }: Pick<Connection, 'protocol'>, wallMs: number): Promise<void> {
    this.#failures = 0;
    if (this.#known?.protocol === protocol && protocol === 5) return;
    const sinceMs = this.#known?.protocol === protocol ? this.#known.sinceMs : wallMs;
    const isStale = Math.abs(wallMs - sinceMs) > TRUST_OLD_MS;
    await this.#save({ protocol, sinceMs: isStale ? wallMs : sinceMs });
  }

  get discoveryParts(): number {
    return this.#known?.discoveryParts ?? 1;
  }

  async published(discoveryParts: number): Promise<void> {
    if (this.discoveryParts !== discoveryParts) await this.#save({ discoveryParts });
  }

  get retained(): readonly string[] {
    return this.#known?.retained ?? [];
  }

  async retaining(topics: readonly string[]): Promise<void> {
    if (this.retained.join() !== topics.join()) await this.#save({ retained: [...topics] });
  }

  async #save(change: Partial<Stored>): Promise<void> {
    const before = this.#known ?? {
      protocol: 5 as const,
      sinceMs: 0,
      discoveryParts: 1,
      retained: [],
    };
    await this.#saved.save({ ...before, ...change, url: this.#url });
  }
}
