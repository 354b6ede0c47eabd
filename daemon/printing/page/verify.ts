/** Verifies a claim in a browser: the same rules as ../claim.ts, without Node. Pure. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { fill } from '../../../pipelines/player/text/fill.ts';
import type { StubTexts } from './text/en.ts';

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
export function readClaim(code: string, key: string, says: StubTexts): Read {
  const refused = (text: string): Read => ({ isValid: false, text: `${says.notValid}\n${text}` });
  const [version, keyId = '', body = '', signature = '', ...rest] = code.trim().split('.');
  if (version !== 'VB1' || rest.length > 0) return refused(says.noStub);
  try {
    const publicKey = bytesOf(key);
    const id = textOf(sha256(Uint8Array.from([...SPKI_HEAD, ...publicKey]))).slice(0, 8);
    if (keyId !== id) return refused(says.otherBox);
    const signed = new TextEncoder().encode(`${version}.${keyId}.${body}`);
    const signatureBytes = bytesOf(signature);
    const isSame = textOf(signatureBytes) === signature;
    // As OpenSSL and RFC 8032 have it, not as ZIP 215.
    if (!isSame || !ed25519.verify(signatureBytes, signed, publicKey, { zip215: false })) {
      return refused(says.wrongSignature);
    }
    return {
      isValid: true,
      text: `${says.valid}\n${describe(JSON.parse(decode(bytesOf(body))), says)}`,
    };
  } catch {
    return refused(says.unreadable);
  }
}

function describe(fields: unknown, says: StubTexts): string {
  const [drop, order, item, number, piece, pieces, atS] = (fields as readonly unknown[]).map(
    String,
  );
  const values = { drop, order, item, number, piece, pieces } as Readonly<Record<string, string>>;
  const texts = [says.piece, says.order, says.drop];
  const lines = [Number(number) > 0 ? says.numbered : '{item}', ...texts];
  const at = new Date(Number(atS) * 1000).toLocaleString();
  return [...lines.map((line) => fill(line, values)), at].join('\n');
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
