/** What the box asks of its network helper, and what it answers. Pure. */
import { isIPv4 } from 'node:net';
import * as v from 'valibot';

/**
 * An interface as Linux names it (15 characters at most), without the characters that nft, tc
 * or ip would read as more than a name: quotes, spaces, `*`, `/`, and a hyphen at its start.
 */
export const DEVICE = /^(?!lo$)[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/;

/** NetworkManager's own choice for shared networks; dnsmasq-shared.d/venuebox.conf names it too. */
export const GUESTS_ADDRESS = '10.42.0.1';
/** Of the box on the crew's network. */
export const CREW_ADDRESS = '10.42.77.1';
const PREFIX_BITS = 24;

/** Phones ask there whether there is an internet. */
export const PORTAL_PORT = 80;

/** Of a request, and of an answer. */
export const LINE_BYTES_MAX = 64 * 1024;

const PORTS_MAX = 16;

const device = v.pipe(v.string(), v.regex(DEVICE));
const ports = v.pipe(
  v.array(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))),
  v.maxLength(PORTS_MAX),
);
const rate = v.pipe(v.number(), v.integer(), v.minValue(64_000), v.maxValue(10_000_000_000));

export const planSchema = v.pipe(
  v.strictObject({
    /** Their network: they reach these ports of the box, addresses and names, and nothing else. */
    guests: v.optional(v.strictObject({ device, tcp: ports, udp: ports })),
    /** Their port: it has the box's way to the internet, behind the stream. */
    crew: v.optional(
      v.strictObject({
        device,
        /** Interface that it goes out by; left out: the machine's own routes. */
        via: v.optional(device),
        /** Interfaces by which nothing of theirs leaves or comes: their data budgets are used up. */
        spent: v.optional(v.pipe(v.array(device), v.maxLength(16))),
        /** What the way out carries: the stream goes first, the crew gets what it leaves. */
        upBps: rate,
        /** What the crew may receive. */
        downBps: rate,
        /** Resolver that the crew's questions for names go to: the box's own answers to guests. */
        dns: v.pipe(v.string(), v.check(isIPv4)),
      }),
    ),
  }),
  v.check(({ guests, crew }) => {
    const devices = [guests?.device, crew?.device, crew?.via].filter((one) => one !== undefined);
    return new Set(devices).size === devices.length;
  }, 'an interface is named twice'),
);

export type NetworkPlan = v.InferOutput<typeof planSchema>;
export type CrewPlan = NonNullable<NetworkPlan['crew']>;

/** All that can be asked of the helper; it takes no text that a program would run. */
export const requestSchema = v.variant('verb', [
  v.strictObject({ verb: v.literal('apply'), plan: planSchema }),
  v.strictObject({ verb: v.literal('undo') }),
]);

export type Request = v.InferInput<typeof requestSchema>;

/** Why it could not. */
export const CODES = [
  /** It does not know what it is asked: it is of another version than the box. */
  'BAD_REQUEST',
  /** A program is not installed. */
  'NO_PROGRAM',
  /** The kernel or nft refused the rules. */
  'RULES_REFUSED',
  /** Somebody else shapes the traffic of an interface: it is left alone. */
  'SHAPER_TAKEN',
  /** The kernel or tc refused the queues. */
  'QUEUES_REFUSED',
  /** The kernel or ip refused the routes, or to forward. */
  'ROUTES_REFUSED',
] as const;
export type NetworkCode = (typeof CODES)[number];

/** An interface whose traffic is shaped, and by which queue the crew's waits. */
const shaped = v.object({ device: v.string(), queue: v.picklist(['cake', 'fq_codel', 'fifo']) });

export const replySchema = v.variant('ok', [
  v.object({
    ok: v.literal(true),
    shaped: v.pipe(v.array(shaped), v.readonly()),
    missing: v.pipe(v.array(v.string()), v.readonly()),
  }),
  v.object({ ok: v.literal(false), code: v.picklist(CODES), reason: v.string() }),
]);

/** `shaped`: what is in force; `missing`: interfaces of the plan that are not there now. */
export type Reply = v.InferOutput<typeof replySchema>;
export type Shaped = v.InferOutput<typeof shaped>;

export function networkOf(address: string): string {
  return `${address.replace(/\d+$/, '0')}/${PREFIX_BITS}`;
}
