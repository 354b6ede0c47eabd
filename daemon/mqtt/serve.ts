import { anySignal, pause, untilAborted } from '../../hal/os/async.ts';
import { messageOf } from '../../hal/os/log.ts';
import { runAll } from '../../hal/os/task.ts';
import type { MqttConfig } from '../config/mqtt.ts';
import { changesOf } from './changes.ts';
import { type Connection, type Incoming, MqttError, type Outgoing } from './client/connection.ts';
import type { StatusDeps } from './deps.ts';
import { renderDiscovery } from './discovery.ts';
import { sendEvents } from './event-sender.ts';
import { isLive, reportTelemetry } from './payloads/report.ts';
import { SilenceMeter } from './payloads/report-audio.ts';
import type { Stamper } from './payloads/stamp.ts';
import { type Documents, RetainedState } from './retained.ts';
import { TelemetryPlan } from './telemetry.ts';

export interface Served {
  readonly config: MqttConfig;
  readonly deps: StatusDeps;
  readonly stamper: Stamper;
  /** Takes a command. */
  readonly take: (message: Incoming) => void;
  readonly documents: () => Documents;
  /** Called once, with who takes messages from then on. */
  readonly listen: (listener: (message: Incoming) => void) => void;
}

const TICK_MS = 1_000;
/** Home Assistant starts now and then; a broker that says so ten times a second lies. */
const REBIRTH_EVERY_MS = 10_000;
/** Retained alerts of a run before come right after the subscription. */
const STALE_WAIT_MS = 5_000;
const OFFLINE_TIMEOUT_MS = 1_000;

/**
 * Does all that is to be done over one connection: birth, telemetry, events,
 * commands. Returns when `signal` aborts, with `offline` said; rejects with the
 * reason when the connection ends before.
 */
export async function serveConnection(
  connection: Connection,
  { config, deps, stamper, take, documents, listen }: Served,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log } = deps;
  using ends = anySignal(signal, connection.closed);
  const both = ends.signal;
  const plan = new TelemetryPlan();
  const retained = new RetainedState(stamper);
  const silence = new SilenceMeter();
  const refused = new Set<string>();
  const homeStatus = `${config.discovery_prefix}/status`;
  const alerts = stamper.topic('alert', '');
  const availability = `${stamper.root}/availability`;
  let bornMs = Number.NEGATIVE_INFINITY;

  /** What may not be published is told once; the rest goes on. */
  const send = async (message: Outgoing): Promise<void> => {
    try {
      await connection.publish(message);
    } catch (error) {
      if (connection.closed.aborted) return;
      if (!(error instanceof MqttError)) throw error;
      if (refused.size < 64 && !refused.has(message.topic))
        log.warn('the broker refuses a topic', { topic: message.topic, reason: error.message });
      refused.add(message.topic);
    }
  };
  const subscribe = async (filter: string): Promise<void> => {
    try {
      await connection.subscribe([filter]);
    } catch (error) {
      if (connection.closed.aborted) throw error;
      log.error('the broker refuses a subscription', { filter });
    }
  };
  const birth = async (): Promise<void> => {
    bornMs = clock.monotonicMs();
    const { name, version } = deps.snapshots();
    const { model } = deps.facts;
    const device = { name, version, ...(model === undefined ? {} : { model }) };
    if (config.discovery_prefix !== '')
      await send(renderDiscovery(config.discovery_prefix, device));
    await send({ topic: availability, payload: 'online', qos: 1, isRetained: true });
    plan.restart();
    retained.restart();
    await tick();
  };
  const tick = async (): Promise<void> => {
    const snapshot = deps.snapshots();
    const nowMs = clock.monotonicMs();
    const kept = retained.changes(snapshot, deps.facts, documents());
    const moment = { wallMs: clock.wallMs(), silence: silence.note(snapshot.levels, nowMs) };
    const bodies = reportTelemetry(snapshot, deps.facts, moment);
    const changes = changesOf(bodies);
    const live = isLive(snapshot);
    for (const { name, isCleared } of plan.due(nowMs, live, changes)) {
      const message = isCleared
        ? stamper.clearing(name)
        : stamper.message(name, bodies[name], live);
      if (connection.offer(message)) plan.sent(name, nowMs, changes[name]);
    }
    await Promise.all(kept.map(send));
  };

  listen((message) => {
    if (message.topic.startsWith(`${stamper.root}/cmd/`)) return take(message);
    if (message.topic === homeStatus) {
      const isNews = !message.isRetained && message.payload.toString() === 'online';
      if (isNews && clock.monotonicMs() - bornMs >= REBIRTH_EVERY_MS)
        birth().catch((error: unknown) =>
          log.error('state could not be told anew', { reason: messageOf(error) }),
        );
      return;
    }
    if (!message.topic.startsWith(alerts) || !message.isRetained || message.payload.length === 0)
      return;
    const clearing = retained.staleAlert(message.topic);
    if (clearing !== undefined) void send(clearing);
  });

  const work = async (): Promise<void> => {
    await subscribe(`${stamper.root}/cmd/+`);
    if (config.discovery_prefix !== '') await subscribe(homeStatus);
    await birth();
    await subscribe(`${alerts}+`);
    await runAll([renewState, forgetStale, passEvents], both);
  };
  const renewState = async (ending: AbortSignal): Promise<void> => {
    while (await pause(clock, TICK_MS, ending)) await tick();
  };
  const forgetStale = async (ending: AbortSignal): Promise<void> => {
    if (await pause(clock, STALE_WAIT_MS, ending)) await connection.unsubscribe([`${alerts}+`]);
  };
  const passEvents = async (ending: AbortSignal): Promise<void> => {
    const { spool } = deps.events;
    if (spool !== undefined)
      await sendEvents(stamper.topic('event'), connection, { clock, log, spool }, ending);
  };

  // A broker that answers nothing does not keep the box from ending.
  await Promise.race([work(), untilAborted(both)]);
  if (!signal.aborted) throw connection.closed.reason;
  await Promise.race([
    send({ topic: availability, payload: 'offline', qos: 1, isRetained: true }),
    new Promise((resolve) => setTimeout(resolve, OFFLINE_TIMEOUT_MS).unref()),
  ]);
}
