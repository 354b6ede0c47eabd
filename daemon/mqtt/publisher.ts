/** Publishes the box's state over one connection. */
import { withTimeout } from '../../hal/os/async.ts';
import { messageOf } from '../../hal/os/log.ts';
import type { MqttConfig } from '../config/mqtt.ts';
import type { BrokerMemory } from './broker/memory.ts';
import type { BrokerReport } from './broker/state.ts';
import { changesOf } from './changes.ts';
import { type Connection, MqttError, type Outgoing } from './client/connection.ts';
import type { MqttDeps } from './deps.ts';
import { clearedParts, renderDiscovery } from './home-assistant/discovery.ts';
import { SilenceMeter } from './payloads/audio-payload.ts';
import { isLive, telemetryBody } from './payloads/snapshot-payloads.ts';
import type { Stamper } from './payloads/stamp.ts';
import { type Documents, RetainedState } from './retained.ts';
import { TelemetryPlan } from './telemetry.ts';
import { FaultyTopics } from './topic-faults.ts';

export interface PublisherDeps {
  readonly config: MqttConfig;
  readonly deps: MqttDeps;
  readonly stamper: Stamper;
  readonly report: BrokerReport;
  readonly broker: BrokerMemory;
  readonly documents: () => Documents;
}

/** Home Assistant starts now and then; a broker that says so ten times a second is faulty. */
const REBIRTH_EVERY_MS = 10_000;
const OFFLINE_TIMEOUT_MS = 1_000;

export class Publisher {
  readonly #connection: Connection;
  readonly #config: MqttConfig;
  readonly #deps: MqttDeps;
  readonly #stamper: Stamper;
  readonly #broker: BrokerMemory;
  readonly #documents: () => Documents;
  readonly #plan = new TelemetryPlan();
  readonly #retained: RetainedState;
  readonly #silence = new SilenceMeter();
  readonly #faults: FaultyTopics;
  /** Telemetry that was published once over this connection. */
  readonly #probed = new Set<string>();
  #birthMs = Number.NEGATIVE_INFINITY;
  /** In the discovery that was published. */
  #operatorUrl: string | undefined;

  constructor(connection: Connection, given: PublisherDeps) {
    const { config, deps, stamper, report, broker, documents } = given;
    this.#connection = connection;
    this.#broker = broker;
    this.#faults = new FaultyTopics((faults) => report.topics(faults), deps.log);
    this.#config = config;
    this.#deps = deps;
    this.#stamper = stamper;
    this.#documents = documents;
    this.#retained = new RetainedState(
      stamper,
      // In a fleet that topic is current.
      broker.retained.filter((id) => id !== 'fleet' || deps.fleet === undefined),
    );
  }

  /** Discovery, `online`, and all state, though the broker may have it. */
  async publishAll(): Promise<void> {
    this.#birthMs = this.#deps.clock.monotonicMs();
    await this.#publishDiscovery();
    await this.#send(this.#availability('online'));
    this.#plan.restart();
    this.#retained.restart();
    await this.publishDue();
  }

  /** What is due or has changed. */
  async publishDue(): Promise<void> {
    const { clock, snapshots, facts } = this.#deps;
    const snapshot = snapshots();
    const pages = this.#pages();
    if (pages.operator !== this.#operatorUrl) await this.#publishDiscovery();
    const nowMs = clock.monotonicMs();
    const retained = this.#retained.changes(snapshot, facts, this.#documents());
    const silence = this.#silence.note(snapshot.levels, nowMs);
    const moment = { wallMs: clock.wallMs(), silence, pages };
    const bodies = { ...telemetryBody(snapshot, facts, moment), ...this.#deps.fleet?.bodies() };
    const changes = changesOf(bodies);
    const live = isLive(snapshot);
    for (const { name, isCleared } of this.#plan.due(nowMs, live, changes)) {
      const body = bodies[name];
      if (body === undefined && !isCleared) continue;
      const message =
        body === undefined || isCleared
          ? this.#stamper.clearing(name)
          : this.#stamper.message(name, body, live);
      if (this.#offer(message)) this.#plan.sent(name, nowMs, changes[name]);
    }
    await this.#sendRetained(retained);
  }

  /** What the broker may have is on the disk before it has it, and until it has cleared it. */
  async #sendRetained(messages: readonly Outgoing[]): Promise<void> {
    const { fleet } = this.#deps;
    const kept = [...(fleet === undefined ? [] : ['fleet']), ...this.#retained.kept];
    const more = this.#broker.retained.filter((id) => !kept.includes(id));
    await this.#broker.retaining([...kept, ...more]);
    await Promise.all(messages.map((message) => this.#send(message)));
    if (!this.#connection.closed.aborted) await this.#broker.retaining(kept);
  }

  async publishOffline(): Promise<void> {
    const late = new MqttError('BUSY', `not sent within ${OFFLINE_TIMEOUT_MS} ms`);
    await withTimeout(() => this.#send(this.#availability('offline')), {
      ...{ clock: this.#deps.clock, timeoutMs: OFFLINE_TIMEOUT_MS, timeoutError: () => late },
    }).catch((error: unknown) => {
      if (error !== late) throw error;
    });
  }

  /** Home Assistant has started. */
  onHomeAssistantOnline(): void {
    const { clock, log } = this.#deps;
    if (clock.monotonicMs() - this.#birthMs < REBIRTH_EVERY_MS) return;
    this.publishAll().catch((error: unknown) =>
      log.error('state not published again', { reason: messageOf(error) }),
    );
  }

  /** A subscription that the broker does not take is named with the topics. @returns whether it does. */
  async subscribe(filter: string): Promise<boolean> {
    try {
      await this.#connection.subscribe([filter]);
      this.#faults.clear(filter);
    } catch (error) {
      if (this.#connection.closed.aborted || !(error instanceof MqttError)) throw error;
      this.#faults.add(filter, error);
    }
    return !this.#faults.has(filter);
  }

  /** The broker has retained this alert: of a run before, unless it is current. */
  onRetainedAlert(topic: string): void {
    const clearing = this.#retained.staleAlert(topic);
    if (clearing !== undefined) void this.#send(clearing);
  }

  /**
   * A broker does not answer QoS 0: that it refuses a topic (MQTT 5 §3.4.2.1, reason 135) shows
   * in the answer to QoS 1, as which the first message of each topic is sent.
   */
  #offer(message: Outgoing): boolean {
    const { topic } = message;
    const isProbe = !this.#probed.has(topic) || this.#faults.has(topic);
    if (!isProbe) return this.#connection.offer(message);
    this.#probed.add(topic);
    this.#send({ ...message, qos: 1 }).catch((error: unknown) =>
      this.#deps.log.error('telemetry not published', { topic, reason: messageOf(error) }),
    );
    return true;
  }

  /** A topic that the broker does not take is named; the others are published. */
  async #send(message: Outgoing): Promise<void> {
    const { topic } = message;
    try {
      await this.#connection.publish(message);
      this.#faults.clear(topic);
    } catch (error) {
      if (this.#connection.closed.aborted) return;
      if (!(error instanceof MqttError)) throw error;
      const isNew = this.#faults.add(topic, error);
      // What is retained of before is not true any more; it may be cleared at the next start.
      if (isNew && error.code === 'TOO_LARGE' && message.isRetained)
        await this.#connection.publish({ ...message, payload: '', qos: 1 }).catch(() => undefined);
    }
  }

  /** Again whenever the address of the operator's page changes. */
  async #publishDiscovery(): Promise<void> {
    const { snapshots, facts } = this.#deps;
    const prefix = this.#config.discovery_prefix;
    const { operator } = this.#pages();
    this.#operatorUrl = operator;
    if (prefix === '') return;
    const { name, version } = snapshots();
    const model = facts.model === undefined ? {} : { model: facts.model };
    const device = { name, version, ...model, ...(operator && { operatorUrl: operator }) };
    const parts = renderDiscovery(prefix, device, this.#connection.limits.packetMaxBytes);
    for (const part of parts) await this.#send(part);
    for (const over of clearedParts(prefix, name, parts.length, this.#broker.discoveryParts))
      await this.#send(over);
    await this.#broker.published(parts.length);
  }

  #pages() {
    const { pages, snapshots } = this.#deps;
    return pages?.() ?? { ...(snapshots().playerUrl && { viewers: snapshots().playerUrl }) };
  }

  #availability(payload: 'online' | 'offline'): Outgoing {
    return { topic: `${this.#stamper.root}/availability`, payload, qos: 1, isRetained: true };
  }
}
