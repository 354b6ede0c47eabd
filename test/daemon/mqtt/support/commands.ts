/** Commands over MQTT for tests: a commander that can be held, and a consumer of replies. */
import type { Command, Commander, Outcome } from '../../../../daemon/model/commands.ts';
import { until } from '../../../support/box.ts';
import { type Consumer, listen } from './consumer.ts';

export const ROOT = 'venuebox/v1/corner';
export const LONG_MS = 30_000;

/** A commander that records its commands; while it is held they do not end. */
export function recorder(
  outcome: Outcome = { status: 'done', detail: 'as asked', result: { ok: 1 } },
) {
  const asked: Command[] = [];
  const waiting: (() => void)[] = [];
  let isHeld = false;
  const commander: Commander = {
    run: async (command, onProgress, signal) => {
      asked.push(command);
      onProgress({ detail: 'half of it', ratio: 0.5 });
      if (isHeld) {
        signal.throwIfAborted();
        await new Promise<void>((resolve, reject) => {
          waiting.push(resolve);
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        });
      }
      return outcome;
    },
  };
  return {
    asked,
    commander,
    hold: () => {
      isHeld = true;
    },
    release: () => {
      isHeld = false;
      for (const resume of waiting.splice(0)) resume();
    },
  };
}

export async function ask(consumer: Consumer, verb: string, payload: unknown, more: object = {}) {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  await consumer.client.publishAsync(`${ROOT}/cmd/${verb}`, text, { qos: 1, ...more });
}

export const statuses = (consumer: Consumer, ending = '/reply') =>
  consumer.json(ending).map(({ status, code }) => (code === null ? status : `${status} ${code}`));

/** A consumer of replies, after the box has subscribed. */
export async function openPair(port: number, filters: readonly string[] = [`${ROOT}/reply/#`]) {
  const consumer = await listen(port, [...filters, `${ROOT}/availability`]);
  await until(() => consumer.last('/availability')?.text === 'online', LONG_MS);
  return consumer;
}
