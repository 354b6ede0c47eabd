/** The address of a socket's end as people write it. Pure. */

/**
 * Without the interface that one of IPv6 may name, and IPv4 without the form in which a socket
 * of both families shows it (`::ffff:10.0.0.5`, RFC 4291 §2.5.5.2).
 */
export function plainAddress(address = ''): string {
  const [plain = ''] = address.split('%');
  return plain.startsWith('::ffff:') && plain.includes('.') ? plain.slice(7) : plain;
}
