/** Parses a command from the topic `cmd/<verb>`. */
import * as v from 'valibot';
import { parseJson } from '../../hal/os/files/json.ts';
import { type Command, VERBS, type Verb } from '../model/commands.ts';
import type { Incoming } from './client/connection.ts';
import { cmd } from './payloads/payloads.ts';
import { INSTALL, type Payload } from './payloads/topics.ts';

/** Where the replies to a command go. */
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
  /** A retained command was cleared: there is nothing to reply to. */
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
 * Pure; never throws.
 *
 * @param root Of the box's topics.
 * @param wallMs Undefined while the box's clock is not set: then the age is not checked.
 */
export function parseRequest(message: Incoming, root: string, wallMs: number | undefined): Request {
  if (message.isRetained && message.payload.length === 0) return { kind: 'ignore' };
  const to = addresseeOf(message, root);
  const verb = message.topic.slice(`${root}/cmd/`.length);
  const parsed = isInstall(verb, message.payload)
    ? installation(wallMs)
    : parsePayload(message.payload);
  const payload = typeof parsed === 'string' ? undefined : parsed;
  const id = payload?.id ?? null;
  const refuse = (code: string, detail: string, status: Refusal['status'] = 'rejected') =>
    ({
      kind: 'refuse',
      id,
      refusal: { status, code, detail },
      to: to ?? replyTopic(root),
    }) as const;

  if (to === undefined)
    return refuse('BAD_RESPONSE_TOPIC', `the response topic must be ${root}/reply/…, or of no box`);
  if (message.isRetained) return refuse('RETAINED', 'a command must not be retained');
  if (payload === undefined) return refuse('MALFORMED', `not a command: ${parsed}`);
  const known = verbOf(verb, payload.args);
  if (known === undefined)
    return refuse('UNKNOWN_VERB', `known verbs: ${[...VERBS, ON_AIR].join(', ')}`);
  if (known === 'bad') return refuse('BAD_ARGUMENTS', 'on-air takes {"on": true} or {"on": false}');
  if ((message.expiryS ?? 0) > EXPIRY_S)
    return refuse('EXPIRY_TOO_LONG', `a command expires within ${EXPIRY_S} s`);
  if (isOld(payload.ts, wallMs))
    return refuse('EXPIRED', `its ts is more than ${EXPIRY_S} s from the box’s clock`, 'expired');
  // `on` has chosen the verb, and is not an argument of it.
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

/** The topic of Home Assistant's switch: one for on and off. */
const ON_AIR = 'on-air';

function verbOf(verb: string, args: Payload<'cmd'>['args']): Verb | 'bad' | undefined {
  if (verb !== ON_AIR) return VERBS.find((one) => one === verb);
  if (typeof args['on'] !== 'boolean') return 'bad';
  return args['on'] ? 'go-live' : 'end';
}

/** Home Assistant's update entity sends one and the same payload, without an id or a time. */
function isInstall(verb: string, payload: Buffer): boolean {
  return verb === 'update' && payload.toString('latin1') === INSTALL;
}

function installation(wallMs = 0): Payload<'cmd'> {
  return { id: `install-${Math.round(wallMs)}`, args: {}, dry_run: false };
}

/** The payload, or why it is not one. */
function parsePayload(bytes: Buffer): Payload<'cmd'> | string {
  if (bytes.length > PAYLOAD_MAX_BYTES) return `more than ${PAYLOAD_MAX_BYTES} bytes`;
  const json = parseJson(bytes.toString());
  if (json === undefined) return 'not JSON';
  const parsed = v.safeParse(cmd, json);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const key = (v.getDotPath(issue) ?? 'it').slice(0, 40);
  const isUnknown = issue.type === 'strict_object' && issue.expected === 'never';
  return isUnknown
    ? `unknown key ${key}; known: ${Object.keys(cmd.entries).join(', ')}`
    : `${key} is not as in schemas/cmd.json`;
}

/** By the sender's clock; a command from the future is as old. */
function isOld(ts: string | undefined, wallMs: number | undefined): boolean {
  if (ts === undefined || wallMs === undefined) return false;
  return Math.abs(wallMs - Date.parse(ts)) > EXPIRY_S * 1000;
}

function replyTopic(root: string): Addressee {
  return { topic: `${root}/reply` };
}

/**
 * The box publishes with its own rights: a reply must not become a command of another box,
 * or a state of this one.
 */
function addresseeOf(message: Incoming, root: string): Addressee | undefined {
  const { responseTopic: topic, correlation } = message;
  if ((correlation?.length ?? 0) > CORRELATION_MAX_BYTES) return undefined;
  const optional = correlation === undefined ? {} : { correlation };
  if (topic === undefined) return { ...replyTopic(root), ...optional };
  const isOurs = topic === `${root}/reply` || topic.startsWith(`${root}/reply/`);
  const isForeign = /^(venuebox|homeassistant)\/|^\$/.test(topic);
  // Wildcards, NUL and other control characters cannot be published to.
  const isTopic = topic !== '' && topic.length <= TOPIC_MAX_CHARS && !/[#+\p{Cc}]/u.test(topic);
  return isTopic && (isOurs || !isForeign) ? { topic, ...optional } : undefined;
}
