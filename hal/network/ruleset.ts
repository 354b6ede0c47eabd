/** The box's own nftables table: what guests reach, and the crew's way out. Pure. */
import { CREW_ADDRESS, type CrewPlan, type NetworkPlan, networkOf } from './plan.ts';
import { CREW_CLASS } from './shaping.ts';

export const TABLE = ['inet', 'venuebox'] as const;

/** Before the filters of others, which may be more generous: a drop is final, an accept is not. */
const FIRST = 'filter - 10';
/** Of a guest; a room of phones asks rarely. */
const PINGS = 'limit rate 20/second';

/**
 * The table as `nft -f` reads it, in place of the one before in one step.
 *
 * @param foundForwarding Whether the machine forwarded packets before: a chain is named by it,
 *   so that it is known as long as the rules are there, whatever becomes of the helper.
 */
export function rulesetOf({ guests, crew }: NetworkPlan, foundForwarding: boolean): string {
  const table = TABLE.join(' ');
  const chains = [
    [`chain ${foundChain(foundForwarding)} {`, '}'],
    ...(guests === undefined ? [] : [guestsChain(guests)]),
    [
      'chain input {',
      `  type filter hook input priority ${FIRST}; policy accept;`,
      ...(guests === undefined ? [] : [`  iifname "${guests.device}" goto guests`]),
      '}',
    ],
    forwardChain(guests?.device, crew, foundForwarding),
    ...(crew === undefined ? [] : crewChains(guests?.device, crew)),
  ];
  const body = chains.flat().map((line) => `  ${line}`);
  // The first line makes the second one succeed where there was none.
  return [`table ${table}`, `delete table ${table}`, `table ${table} {`, ...body, '}', ''].join(
    '\n',
  );
}

export const UNDO_RULESET = `table ${TABLE.join(' ')}\ndelete table ${TABLE.join(' ')}\n`;

function foundChain(foundForwarding: boolean): string {
  return `found_forwarding_${foundForwarding ? 1 : 0}`;
}

/** @param listing Of the table, by nft. Undefined where it is none of ours. */
export function foundForwardingOf(listing: string): boolean | undefined {
  const found = /chain found_forwarding_([01]) /.exec(listing)?.[1];
  return found === undefined ? undefined : found === '1';
}

/** What a guest's packet to the box must be; by IPv6 they reach it at its link-local address. */
function guestsChain({ tcp, udp }: NonNullable<NetworkPlan['guests']>): readonly string[] {
  const open = (protocol: string, ports: readonly number[]) =>
    ports.length === 0 ? [] : [`  ${protocol} dport { ${ports.join(', ')} } accept`];
  return [
    'chain guests {',
    '  ct state established,related accept',
    '  ct state invalid drop',
    // Addresses by DHCP, names, and the box's name by mDNS.
    '  udp dport { 53, 67, 5353 } accept',
    '  tcp dport 53 accept',
    ...open('tcp', tcp),
    ...open('udp', udp),
    `  icmp type echo-request ${PINGS} accept`,
    `  icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit } accept`,
    `  icmpv6 type echo-request ${PINGS} accept`,
    '  drop',
    '}',
  ];
}

function forwardChain(
  guests: string | undefined,
  crew: CrewPlan | undefined,
  foundForwarding: boolean,
): readonly string[] {
  const behindGuests =
    guests === undefined ? [] : [`  iifname "${guests}" drop`, `  oifname "${guests}" drop`];
  const behindCrew =
    crew === undefined
      ? []
      : [
          // By IPv6 the crew has no addresses of the box, and so nothing that would hide them.
          `  meta nfproto ipv6 iifname "${crew.device}" drop`,
          `  oifname "${crew.device}" ct state != { established, related } drop`,
          ...(crew.spent ?? []).flatMap((way) => [
            `  iifname "${crew.device}" oifname "${way}" drop`,
            `  iifname "${way}" oifname "${crew.device}" drop`,
          ]),
          `  iifname "${crew.device}" meta priority set ${CREW_CLASS}`,
          `  oifname "${crew.device}" meta priority set ${CREW_CLASS}`,
        ];
  // A machine that forwarded nothing before is no router for its other networks now.
  const others = crew === undefined ? '' : `iifname != "${crew.device}" `;
  const noRouter = foundForwarding ? [] : [`  ${others}ct state != { established, related } drop`];
  return [
    'chain forward {',
    `  type filter hook forward priority ${FIRST}; policy accept;`,
    ...behindGuests,
    ...behindCrew,
    ...noRouter,
    '}',
  ];
}

function crewChains(guests: string | undefined, { device, dns }: CrewPlan): readonly string[][] {
  const inside = [device, guests, 'lo'].filter((one) => one !== undefined);
  const names = inside.map((one) => `"${one}"`).join(', ');
  return [
    [
      'chain names {',
      '  type nat hook prerouting priority dstnat; policy accept;',
      `  iifname "${device}" ip daddr ${CREW_ADDRESS} meta l4proto { tcp, udp } th dport 53 dnat ip to ${dns}`,
      '}',
    ],
    [
      'chain address {',
      '  type nat hook postrouting priority srcnat; policy accept;',
      `  ip saddr ${networkOf(CREW_ADDRESS)} oifname != { ${names} } masquerade`,
      '}',
    ],
  ];
}
