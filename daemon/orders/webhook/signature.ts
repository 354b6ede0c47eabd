/**
 * Signatures of webhooks. Pure.
 *
 * - `standard`: Standard Webhooks (github.com/standard-webhooks, spec/standard-webhooks.md):
 *   HMAC-SHA256 of `id.timestamp.body`, base64, after `v1,`; several are separated by spaces.
 *   The secret is base64 after `whsec_`.
 * - `stripe`: Stripe-Signature (docs.stripe.com/webhooks/signature): HMAC-SHA256 of
 *   `timestamp.body`, hex, `t=…,v1=…,v1=…`. The secret is the text itself.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

export type Scheme = 'standard' | 'stripe';

export type Header = (name: string) => string | undefined;

export type Verified =
  /** @param mark Names this message: the same one is a replay. */
  | { readonly type: 'good'; readonly mark: string }
  | { readonly type: 'bad'; readonly reason: 'no-signature' | 'forged' | 'late' };

/** Of the sender's clock against the box's, either way. */
export const TOLERANCE_S = 300;
/** While a secret is being replaced there are two. */
const SIGNATURES_MAX = 8;

/**
 * @param secrets Any of them is right.
 * @param nowS Unix time.
 */
export function verify(
  scheme: Scheme,
  header: Header,
  body: Buffer,
  secrets: readonly string[],
  nowS: number,
): Verified {
  const signed = scheme === 'standard' ? readStandard(header) : readStripe(header);
  if (signed === undefined) return { type: 'bad', reason: 'no-signature' };
  const { prefix, signatures, coding, timestampS } = signed;
  const given = signatures.slice(0, SIGNATURES_MAX).map((one) => Buffer.from(one, coding));
  const wanted = secrets.map((secret) =>
    createHmac('sha256', keyOf(scheme, secret)).update(prefix).update(body).digest(),
  );
  // All are compared, so that the time says nothing.
  const matching = wanted.filter((one) => given.filter((other) => isSame(one, other)).length > 0);
  if (matching.length === 0) return { type: 'bad', reason: 'forged' };
  if (Math.abs(nowS - timestampS) > TOLERANCE_S) return { type: 'bad', reason: 'late' };
  return { type: 'good', mark: (matching[0] as Buffer).toString('base64') };
}

interface Signed {
  readonly prefix: string;
  readonly timestampS: number;
  readonly signatures: readonly string[];
  readonly coding: 'base64' | 'hex';
}

function readStandard(header: Header): Signed | undefined {
  const id = header('webhook-id') ?? '';
  const timestamp = header('webhook-timestamp') ?? '';
  if (!/^[\x21-\x7e]{1,256}$/.test(id) || !/^\d{1,12}$/.test(timestamp)) return undefined;
  const signatures = (header('webhook-signature') ?? '')
    .split(' ')
    .flatMap((one) => (one.startsWith('v1,') ? [one.slice(3)] : []));
  if (signatures.length === 0) return undefined;
  const prefix = `${id}.${timestamp}.`;
  return { prefix, timestampS: Number(timestamp), signatures, coding: 'base64' };
}

function readStripe(header: Header): Signed | undefined {
  const pairs = (header('stripe-signature') ?? '').split(',').map((pair) => {
    const [key = '', value = ''] = pair.trim().split('=', 2);
    return [key, value] as const;
  });
  const timestamp = pairs.find(([key]) => key === 't')?.[1] ?? '';
  const signatures = pairs.filter(([key]) => key === 'v1').map(([, value]) => value);
  if (!/^\d{1,12}$/.test(timestamp) || signatures.length === 0) return undefined;
  return { prefix: `${timestamp}.`, timestampS: Number(timestamp), signatures, coding: 'hex' };
}

function keyOf(scheme: Scheme, secret: string): Buffer {
  return scheme === 'standard'
    ? Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
    : Buffer.from(secret);
}

function isSame(wanted: Buffer, given: Buffer): boolean {
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
