/** All that is done over one connection: state, events, commands. */
import { anySignal, pause, untilAborted } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { runAll, type Task } from '../../hal/os/task.ts';
import type { Connection, Incoming } from './client/connection.ts';
import { sendEvents } from './event-sender.ts';
import { Publisher, type PublisherDeps } from './publisher.ts';

interface ServeDeps extends PublisherDeps {
  readonly onCommand: (message: Incoming) => void;
  /** What a box of this name publishes of itself: this one, or another. */
  readonly onInfo: (message: Incoming) => void;
  /** Called once, with the receiver of all messages. */
  readonly listen: (listener: (message: Incoming) => void) => void;
}

const TICK_MS = 1_000;
/** Retained alerts of a run before arrive right after the subscription. */
const STALE_WAIT_MS = 5_000;
const AGAIN_MS = 60_000;

/**
 * Returns when `signal` aborts, after `offline` was published; rejects with the reason when
 * the connection ends before.
 */
export async function serveConnection(
  connection: Connection,
  served: ServeDeps,
  signal: AbortSignal,
): Promise<void> {
  const { config, deps, stamper, report } = served;
  const { clock, log } = deps;
  using end = anySignal(signal, connection.closed);
  const publisher = new Publisher(connection, served);
  const commands = `${stamper.root}/cmd/`;
  const alerts = stamper.topic('alert', '');
  const info = stamper.topic('info');
  const homeAssistant = homeAssistantTopic(config);
  listenTo(served, publisher);

  const { subscribe, subscribeAgain } = openSubscriptions(publisher, clock);
  const publishState: Task = async (ending) => {
    while (await pause(clock, TICK_MS, ending)) {
      report.check();
      await publisher.publishDue();
    }
  };
  const clearStaleAlerts: Task = async (ending) => {
    // For a moment only: what it refuses later is named by its topic.
    await connection.subscribe([`${alerts}+`]).catch((error: unknown) => {
      if (connection.closed.aborted) throw error;
    });
    if (await pause(clock, STALE_WAIT_MS, ending)) await connection.unsubscribe([`${alerts}+`]);
  };
  const publishEvents: Task = async (ending) => {
    const { spool } = deps.events;
    if (spool !== undefined)
      await sendEvents(stamper.topic('event'), connection, { clock, log, spool }, ending);
  };
  const work = async (): Promise<void> => {
    await subscribe(`${commands}+`);
    await subscribe(info);
    if (config.discovery_prefix !== '') await subscribe(homeAssistant);
    for (const filter of deps.fleet?.filters ?? []) await subscribe(filter);
    await publisher.publishAll();
    await runAll([publishState, clearStaleAlerts, publishEvents, subscribeAgain], end.signal);
  };

  deps.fleet?.connected(true);
  try {
    // A broker that answers nothing does not keep the box from ending.
    await Promise.race([work(), untilAborted(end.signal)]);
  } finally {
    deps.fleet?.connected(false);
  }
  if (!signal.aborted) throw connection.closed.reason;
  await publisher.publishOffline();
}

/** Those that the broker refuses are tried again: its rules are changed while the box is connected. */
function openSubscriptions(publisher: Publisher, clock: Clock) {
  const refused = new Set<string>();
  const subscribe = async (filter: string): Promise<void> => {
    if (await publisher.subscribe(filter)) refused.delete(filter);
    else refused.add(filter);
  };
  const subscribeAgain: Task = async (ending) => {
    while (await pause(clock, AGAIN_MS, ending))
      for (const filter of refused) await subscribe(filter);
  };
  return { subscribe, subscribeAgain };
}

function homeAssistantTopic({ discovery_prefix: prefix }: ServeDeps['config']): string {
  return `${prefix}/status`;
}

/** Each message to the part of the box that it is for. */
function listenTo(
  { config, deps, stamper, listen, onCommand, onInfo }: ServeDeps,
  publisher: Publisher,
): void {
  const commands = `${stamper.root}/cmd/`;
  const alerts = stamper.topic('alert', '');
  const info = stamper.topic('info');
  const homeAssistant = homeAssistantTopic(config);
  listen((message) => {
    const { topic, isRetained } = message;
    const text = topic === homeAssistant ? message.payload.toString() : '';
    if (topic.startsWith(commands)) onCommand(message);
    else if (text === 'online' && !isRetained) publisher.onHomeAssistantOnline();
    else if (topic === info) onInfo(message);
    else if (topic.startsWith(alerts) && isRetained && message.payload.length > 0)
      publisher.onRetainedAlert(topic);
    else deps.fleet?.receive(message);
  });
}
