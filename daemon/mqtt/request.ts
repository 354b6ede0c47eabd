import * as v from 'valibot';
import { type Command, VERBS, type Verb } from '../model/commands.ts';
import type { Incoming } from './client/connection.ts';
import { cmd } from './payloads/payloads.ts';
import type { Payload } from './payloads/topics.ts';

/** Where the answers to a command go. */
export interface Addressee {
  readonly topic: string;
  readonly correlation?: Buffer;
}

export type Request =
  | { readonly kind: 'run'; readonly id: string; readonly command: Command; readonly to: Addressee }
  | {
      readonly kind: 'refuse';
      readonly id: string | null;
      readonly refusal: Refusal;
      readonly to: Addressee;
    }
  /** Somebody cleared a retained command: there is nobody to answer. */
  | { readonly kind: 'ignore' };

export interface Refusal {
  readonly status: 'rejected' | 'expired';
  readonly code: string;
  readonly detail: string;
}

const PAYLOAD_MAX_BYTES = 8_192;
const CORRELATION_MAX_BYTES = 256;
const TOPIC_MAX_CHARS = 256;
const EXPIRY_S = 30;

/**
 * What somebody asks over `cmd/<verb>`. Pure; never throws, whatever came.
 *
 * @param root The box's own topics.
 * @param wallMs Undefined where the box's clock is not set: then no age can be told.
 */
export function parseRequest(message: Incoming, root: string, wallMs: number | undefined): Request {
  if (message.isRetained && message.payload.length === 0) return { kind: 'ignore' };
  const to = addresseeOf(message, root);
  const parsed = parsePayload(message.payload);
  const payload = typeof parsed === 'string' ? undefined : parsed;
  const id = payload?.id ?? null;
  const refuse = (code: string, detail: string, status: Refusal['status'] = 'rejected') =>
    ({
      kind: 'refuse',
      id,
      refusal: { status, code, detail },
      to: to ?? replyTopic(root),
    }) as const;

  if (to === undefined) return refuse('BAD_RESPONSE_TOPIC', `answers go to ${root}/reply/…`);
  if (message.isRetained) return refuse('RETAINED', 'a command must not be retained');
  if (payload === undefined) return refuse('MALFORMED', `this is no command: ${parsed}`);
  const verb = message.topic.slice(`${root}/cmd/`.length);
  const known = verbOf(verb, payload.args);
  if (known === undefined)
    return refuse('UNKNOWN_VERB', `there are: ${[...VERBS, ON_AIR].join(', ')}`);
  if (known === 'bad') return refuse('BAD_ARGUMENTS', 'on-air takes {"on": true} or {"on": false}');
  if ((message.expiryS ?? 0) > EXPIRY_S)
    return refuse('EXPIRY_TOO_LONG', `a command expires within ${EXPIRY_S} s`);
  if (isOld(payload.ts, wallMs))
    return refuse('EXPIRED', `its ts is more than ${EXPIRY_S} s from the box’s clock`, 'expired');
  // What chose the verb is no argument of it.
  const { on: _, ...others } = payload.args;
  const args = verb === ON_AIR ? others : payload.args;
  return { kind: 'run', id: payload.id, command: { ...commandOf(payload), args, verb: known }, to };
}

function commandOf(payload: Payload<'cmd'>): Omit<Command, 'verb' | 'args'> {
  return {
    by: 'mqtt',
    ...(payload.expect === undefined ? {} : { expect: payload.expect }),
    ...(payload.dry_run ? { isDryRun: true } : {}),
  };
}

/** A switch has one topic for on and off; here it is. */
const ON_AIR = 'on-air';

function verbOf(verb: string, args: Payload<'cmd'>['args']): Verb | 'bad' | undefined {
  if (verb !== ON_AIR) return VERBS.find((one) => one === verb);
  if (typeof args['on'] !== 'boolean') return 'bad';
  return args['on'] ? 'go-live' : 'end';
}

/** The payload, or why it is none. */
function parsePayload(bytes: Buffer): Payload<'cmd'> | string {
  if (bytes.length > PAYLOAD_MAX_BYTES) return `more than ${PAYLOAD_MAX_BYTES} bytes`;
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString());
  } catch {
    return 'not JSON';
  }
  const parsed = v.safeParse(cmd, json);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const key = (v.getDotPath(issue) ?? 'it').slice(0, 40);
  const isUnknown = issue.type === 'strict_object' && issue.expected === 'never';
  return isUnknown
    ? `${key} is no key of it; there are: ${Object.keys(cmd.entries).join(', ')}`
    : `${key} is not as in cmd.json`;
}

/** By the sender's clock; one that is ahead by as much is as wrong. */
function isOld(ts: string | undefined, wallMs: number | undefined): boolean {
  if (ts === undefined || wallMs === undefined) return false;
  return Math.abs(wallMs - Date.parse(ts)) > EXPIRY_S * 1000;
}

function replyTopic(root: string): Addressee {
  return { topic: `${root}/reply` };
}

/**
 * The box writes with its own rights: an answer must not become a command of
 * another box, or a state of this one.
 */
function addresseeOf(message: Incoming, root: string): Addressee | undefined {
  const { responseTopic: topic, correlation } = message;
  if ((correlation?.length ?? 0) > CORRELATION_MAX_BYTES) return undefined;
  const rest = correlation === undefined ? {} : { correlation };
  if (topic === undefined) return { ...replyTopic(root), ...rest };
  const isOurs = topic === `${root}/reply` || topic.startsWith(`${root}/reply/`);
  const isForeign = /^(venuebox|homeassistant)\/|^\$/.test(topic);
  // A line feed or a wildcard is no topic to publish to; nor is NUL.
  const isTopic = topic !== '' && topic.length <= TOPIC_MAX_CHARS && !/[#+\p{Cc}]/u.test(topic);
  return isTopic && (isOurs || !isForeign) ? { topic, ...rest } : undefined;
}
