/**
 * The PIN's hash, as text: `scrypt$15$8$1$<salt>$<key>`, the figures being log2 N,
 * r and p (RFC 7914), salt and key in base64url.
 */
export type PinHash = string;

const HASH = /^scrypt\$15\$8\$1\$([\w-]{22})\$([\w-]{43})$/;

/** Salt and key, in base64url; undefined for what is no such hash. */
export function parsePinHash(
  text: string,
): { readonly salt: string; readonly key: string } | undefined {
  const [, salt, key] = HASH.exec(text) ?? [];
  return salt === undefined || key === undefined ? undefined : { salt, key };
}
