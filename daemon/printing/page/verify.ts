/** Verifies a claim in a browser: the same rules as ../claim.ts, without Node. Pure. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';

/** In front of an Ed25519 key in SPKI (RFC 8410 §4). */
const SPKI_HEAD = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

export interface Read {
  readonly isValid: boolean;
  readonly text: string;
}

/**
 * WebCrypto is not there on a page that was opened over plain HTTP or from a file, and has
 * Ed25519 in new browsers only.
 *
 * @param key 32 bytes, base64url.
 */
export function readClaim(code: string, key: string): Read {
  const refused = (text: string): Read => ({ isValid: false, text: `NOT VALID\n${text}` });
  const [version, keyId = '', body = '', signature = '', ...rest] = code.trim().split('.');
  if (version !== 'VB1' || rest.length > 0) return refused('This is no claim of a venuebox.');
  try {
    const publicKey = bytesOf(key);
    const id = textOf(sha256(Uint8Array.from([...SPKI_HEAD, ...publicKey]))).slice(0, 8);
    if (keyId !== id) return refused('Another box signed it, or nobody.');
    const signed = new TextEncoder().encode(`${version}.${keyId}.${body}`);
    const signatureBytes = bytesOf(signature);
    const isSame = textOf(signatureBytes) === signature;
    // As OpenSSL and RFC 8032 have it, not as ZIP 215.
    if (!isSame || !ed25519.verify(signatureBytes, signed, publicKey, { zip215: false })) {
      return refused('The signature is wrong: forged, or not read well. Try again.');
    }
    return { isValid: true, text: `VALID\n${describe(JSON.parse(decode(bytesOf(body))))}` };
  } catch {
    return refused('It cannot be read.');
  }
}

function describe(fields: unknown): string {
  const [drop, order, item, number, piece, pieces, atS] = fields as readonly unknown[];
  const which = Number(number) > 0 ? `, No. ${number}` : '';
  const at = new Date(Number(atS) * 1000).toLocaleString();
  return `${item}${which}\npiece ${piece} of ${pieces}\norder ${order}\ndrop ${drop}\n${at}`;
}

function bytesOf(text: string): Uint8Array {
  if (!/^[\w-]*$/.test(text)) throw new Error('not base64url');
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function textOf(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
