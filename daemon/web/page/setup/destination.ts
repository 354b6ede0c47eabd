/** The set-up's own destination within `uplink` of the settings. Pure. */

/** Its name in the settings. */
const ID = 'first';

type Destination = Readonly<Record<string, unknown>>;
type Uplink = { readonly host?: unknown; readonly destinations?: readonly Destination[] };

/** As it was entered before; its secrets are masked. */
export function ownDestination(uplink: unknown): Destination | undefined {
  return ((uplink ?? {}) as Uplink).destinations?.find(({ id }) => id === ID);
}

/** @param target Undefined: only to this room. Null where nothing is left to send to. */
export function withDestination(uplink: unknown, target: Destination | undefined): Uplink | null {
  const before = (uplink ?? {}) as Uplink;
  const others = (before.destinations ?? []).filter(({ id }) => id !== ID);
  const destinations = target === undefined ? others : [...others, { id: ID, ...target }];
  const hasReceiver = before.host !== undefined && before.host !== null;
  return destinations.length > 0 || hasReceiver ? { ...before, destinations } : null;
}

/** What a person has entered, as text. */
export type EnteredTarget =
  | { readonly kind: 'rtmp'; readonly url: string; readonly hasKey: boolean }
  | { readonly kind: 'srt'; readonly host: string; readonly port: string };

/** What is missing of it: the box's own words are for those who write its file. */
export function missingOf(target: EnteredTarget): 'address' | 'key' | 'receiver' | undefined {
  if (target.kind === 'srt') {
    const port = Number(target.port);
    const isPort = Number.isInteger(port) && port >= 1 && port <= 65_535;
    return target.host === '' || !isPort ? 'receiver' : undefined;
  }
  if (!/^rtmps?:\/\/[^/\s]+\/\S+$/i.test(target.url)) return 'address';
  return target.hasKey ? undefined : 'key';
}
