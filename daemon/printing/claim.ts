/** What a claim stub's QR code says: an order, signed so that nobody can write one for himself. Pure. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import * as v from 'valibot';

/**
 * `VB1.KEY.CLAIM.SIGNATURE`: CLAIM is JSON in base64url, SIGNATURE is Ed25519 (RFC 8032)
 * over everything before its dot, and KEY is the start of the SHA-256 of the public key,
 * so that one of another box can be distinguished from a forged one. page/verify.ts reads the same.
 */
const VERSION = 'VB1';
const KEY_CHARS = 8;
/** Longer ones do not fit on the paper. */
const MAX_CHARS = 700;

const claimSchema = v.strictTuple([
  v.pipe(v.string(), v.maxLength(64)),
  // An order's id; a checkout session of Stripe has 66.
  v.pipe(v.string(), v.maxLength(128)),
  v.pipe(v.string(), v.maxLength(64)),
  v.pipe(v.number(), v.integer(), v.minValue(0)),
  v.pipe(v.number(), v.integer(), v.minValue(1)),
  v.pipe(v.number(), v.integer(), v.minValue(1)),
  v.pipe(v.number(), v.integer(), v.minValue(0)),
]);

export interface Claim {
  readonly drop: string;
  readonly orderId: string;
  readonly itemId: string;
  /** Of a numbered edition; undefined for other items. */
  readonly number?: number;
  /** Which of the order's pieces, from 1. */
  readonly piece: number;
  readonly pieces: number;
  /** Unix time in seconds of the order. */
  readonly atS: number;
}

/** The name of a public key, in each claim. */
export function keyIdOf(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('base64url').slice(0, KEY_CHARS);
}

/** The 32 bytes of a public key, base64url: what the offline page is given. */
export function rawKeyOf(publicKey: KeyObject): string {
  return String(publicKey.export({ format: 'jwk' })['x']);
}

/** The same claim is always the same text. */
export function renderClaim(claim: Claim, privateKey: KeyObject): string {
  const { drop, orderId, itemId, number = 0, piece, pieces, atS } = claim;
  const fields = [drop, orderId, itemId, number, piece, pieces, atS];
  const body = Buffer.from(JSON.stringify(fields)).toString('base64url');
  const signed = `${VERSION}.${keyIdOf(createPublicKey(privateKey))}.${body}`;
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
}

export type Verdict =
  | { readonly isValid: true; readonly claim: Claim }
  | { readonly isValid: false; readonly reason: string };

/** Any text gives a verdict. */
export function verifyClaim(text: string, publicKey: KeyObject): Verdict {
  const [version, key = '', body = '', signature = '', ...rest] = text.trim().split('.');
  if (version !== VERSION || rest.length > 0 || text.length > MAX_CHARS) {
    return { isValid: false, reason: 'this is no claim of a venuebox' };
  }
  if (key !== keyIdOf(publicKey)) {
    return {
      isValid: false,
      reason: `signed with another key (${key.slice(0, 8)}): another box, or forged`,
    };
  }
  const bytes = Buffer.from(signature, 'base64url');
  // The encoding of a signature is part of it: base64url with other last bits is no second one.
  const isSame = bytes.toString('base64url') === signature;
  if (!isSame || !verify(null, Buffer.from(`${version}.${key}.${body}`), publicKey, bytes)) {
    return { isValid: false, reason: 'the signature is wrong: forged, or not read well' };
  }
  return parseBody(body);
}

function parseBody(body: string): Verdict {
  try {
    const fields = v.parse(claimSchema, JSON.parse(Buffer.from(body, 'base64url').toString()));
    const [drop, orderId, itemId, number, piece, pieces, atS] = fields;
    const claim = { drop, orderId, itemId, piece, pieces, atS };
    return { isValid: true, claim: number === 0 ? claim : { ...claim, number } };
  } catch {
    return { isValid: false, reason: 'its content is unknown: of a newer version' };
  }
}

/** @throws for a text that is no Ed25519 key. */
export function parsePrivateKey(pem: string): KeyObject {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('not an Ed25519 key');
  return key;
}
