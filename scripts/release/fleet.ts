/** Brings a version to the boxes of a fleet over MQTT, a stage at a time: the next begins when all of one have kept it. */
import { randomUUID } from 'node:crypto';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import type { Payload } from '../../daemon/mqtt/payloads/topics.ts';

export interface Rollout {
  readonly broker: string;
  readonly login?: IClientOptions;
  readonly version: string;
  /** Names of boxes: those of one stage update at the same time. */
  readonly stages: readonly (readonly string[])[];
  /** For the first news of a box, and for all of its update. */
  readonly limits: { readonly answerMs: number; readonly updateMs: number };
  readonly print: (line: string) => void;
}

type Update = Pick<Payload<'update'>, 'installed' | 'step' | 'failed'>;
type Reply = Pick<Payload<'reply'>, 'id' | 'status' | 'detail'>;
/** The last message on each topic of each box, and each reply by its topic and id. */
type News = ReadonlyMap<string, unknown>;

const REFUSED: readonly string[] = ['rejected', 'expired', 'failed'];

/**
 * Boxes that have the version already are passed over, so the same call goes on where one before it
 * stopped. Resolves with false where a box went back, refused, or did not answer in time: then no
 * further stage begins.
 */
export async function rollOut(rollout: Rollout): Promise<boolean> {
  const { broker, login, stages, print } = rollout;
  const client = await connectAsync(broker, { protocolVersion: 4, ...login });
  // It connects again by itself.
  client.on('error', ({ message }) => print(`broker: ${message}`));
  const news = follow(client);
  try {
    for (const [index, names] of stages.entries()) {
      print(`stage ${index + 1} of ${stages.length}: ${names.join(', ')}`);
      const ends = await Promise.allSettled(
        names.map((name) => updateBox(name, client, news, rollout)),
      );
      for (const [at, end] of ends.entries()) {
        const said = end.status === 'fulfilled' ? end.value : `FAILED: ${end.reason.message}`;
        print(`  ${names[at]}: ${said}`);
      }
      if (ends.some(({ status }) => status === 'rejected')) return false;
    }
    return true;
  } finally {
    await client.endAsync();
  }
}

async function updateBox(
  name: string,
  client: MqttClient,
  news: News,
  { version, limits }: Rollout,
): Promise<string> {
  const root = `venuebox/v1/${name}`;
  const topics = ['availability', 'update', 'reply'].map((topic) => `${root}/${topic}`);
  await client.subscribeAsync(topics, { qos: 1 });
  const update = () => news.get(`${root}/update`) as Update | undefined;
  const before = await until(update, limits.answerMs);
  if (before === undefined) throw new Error('no such box at this broker, or it is too old');
  if (isKept(before, version)) return `has ${version}`;
  if (news.get(`${root}/availability`) !== 'online') throw new Error('it is offline');
  const id = `fleet-${randomUUID()}`;
  const command = { id, args: { version }, ts: new Date().toISOString() };
  await client.publishAsync(`${root}/cmd/update`, JSON.stringify(command), { qos: 1 });
  const end = await until(() => {
    const now = update() ?? before;
    if (isKept(now, version)) return 'kept' as const;
    return whyNot(before, now, news.get(`${root}/reply ${id}`) as Reply | undefined, version);
  }, limits.updateMs);
  if (end === 'kept') return `runs ${version} now, before ${before.installed}`;
  throw new Error(end?.reason ?? 'not done in time');
}

/** On trial it may still go back. */
function isKept({ installed, step }: Update, version: string): boolean {
  return installed === version && step === 'none';
}

function whyNot(before: Update, now: Update, reply: Reply | undefined, version: string) {
  const { failed } = now;
  if (failed?.version === version && failed.at !== before.failed?.at)
    return { reason: `it went back: ${failed.reason}` };
  if (reply === undefined || !REFUSED.includes(reply.status)) return undefined;
  return { reason: reply.detail ?? reply.status };
}

/** One listener for all boxes: a fleet may have many. */
function follow(client: MqttClient): News {
  const news = new Map<string, unknown>();
  client.on('message', (topic, payload) => {
    if (topic.endsWith('/availability')) {
      news.set(topic, payload.toString());
      return;
    }
    const json = parse(payload);
    if (topic.endsWith('/update')) news.set(topic, json);
    else if (typeof json?.['id'] === 'string') news.set(`${topic} ${json['id']}`, json);
  });
  return news;
}

function parse(payload: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(payload.toString()) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

const LOOK_EVERY_MS = 100;

/** Undefined when there is none in time. */
async function until<T>(look: () => T | undefined, withinMs: number): Promise<T | undefined> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const found = look();
    if (found !== undefined || performance.now() >= endMs) return found;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
