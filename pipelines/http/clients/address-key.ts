/** What limits per client count by. */

/**
 * An IPv4 address, or the /64 network from which an IPv6 host may choose its addresses
 * (RFC 4291 §2.5.4).
 */
export function addressKeyOf(remoteAddress = ''): string {
  const [address = ''] = remoteAddress.split('%');
  if (!address.includes(':')) return address;
  if (address.startsWith('::ffff:') && address.includes('.')) return address.slice(7);
  const [head = '', tail] = address.split('::');
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array<string>(zeros).fill('0'), ...after];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}

function groupsOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(':');
}
