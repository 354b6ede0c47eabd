/** IPv4 addresses as a network of IPv6 only reaches them: behind its NAT64's prefix (RFC 6052). Pure. */
import { bytesOf, renderHost } from '../../../hal/os/udp/name.ts';

/** A name with these addresses of IPv4 only: of IPv6 a DNS64 answers with its prefix (RFC 7050 §3). */
export const IPV4_ONLY_NAME = 'ipv4only.arpa';
const WELL_KNOWN: ReadonlySet<string> = new Set(['192.0.0.170', '192.0.0.171']);

/** Bits of a prefix (RFC 6052 §2.2); the longest is the usual one. */
const PREFIX_BITS = [96, 64, 56, 48, 40, 32] as const;
/** Bits 64 to 71 are always zero. */
const RESERVED_AT = 8;

export interface Nat64Prefix {
  readonly bytes: Buffer;
  /** Where the four bytes of an IPv4 address go. */
  readonly at: readonly number[];
}

/** From an address that a DNS64 made for {@link IPV4_ONLY_NAME}; undefined for another one. */
export function prefixOf(answer: string): Nat64Prefix | undefined {
  const bytes = bytesOf(answer);
  if (bytes.length !== 16) return undefined;
  for (const bits of PREFIX_BITS) {
    const at = positionsOf(bits);
    if (WELL_KNOWN.has(at.map((index) => bytes[index]).join('.'))) return { bytes, at };
  }
  return undefined;
}

export function translate(address: string, { bytes, at }: Nat64Prefix): string {
  const translated = Buffer.from(bytes);
  const part = bytesOf(address);
  for (const [index, position] of at.entries()) translated[position] = part[index] ?? 0;
  return renderHost(translated);
}

/** The IPv4 address of a translated one; undefined for one of IPv6. */
export function untranslate(address: string, { bytes, at }: Nat64Prefix): string | undefined {
  const own = bytesOf(address);
  const isBehind = bytes.every((byte, index) => at.includes(index) || own[index] === byte);
  return isBehind ? at.map((index) => own[index]).join('.') : undefined;
}

function positionsOf(bits: number): readonly number[] {
  const first = bits / 8;
  return [0, 1, 2, 3, 4]
    .map((index) => first + index)
    .filter((position) => position !== RESERVED_AT)
    .slice(0, 4);
}
