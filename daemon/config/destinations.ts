/** `uplink.destinations` of the config: further receivers of the drop. */
import * as v from 'valibot';
import {
  type Fault,
  flag,
  host,
  integer,
  name,
  oneOf,
  repeatedFaults,
  text,
  textOf,
} from './rules.ts';

/** No login: that would be a secret in the config. Nothing that a launch line reads otherwise. */
const ADDRESS = /^rtmps?:\/\/(?:[\w.-]{1,253}|\[[\da-f:]{2,39}\])(?::\d{1,5})?(?:\/[\w.~-]+)+\/?$/i;

const destination = v.strictObject({
  id: name,
  kind: oneOf('srt', 'rtmp'),
  enabled: v.optional(flag, true),
  rendition: v.optional(text, ''),
  host: v.optional(host),
  port: v.optional(integer(1, 65_535)),
  stream_id: v.optional(textOf(512), ''),
  passphrase_file: v.optional(text, ''),
  latency_ms: v.optional(integer(120, 8000), 2000),
  overhead_pct: v.optional(integer(5, 100), 25),
  url: v.optional(
    v.pipe(
      text,
      v.regex(ADDRESS, 'must be like rtmps://a.rtmps.youtube.com/live2, without the stream key'),
    ),
  ),
  key_file: v.optional(text, ''),
});

/** Each is a process of its own, with an encoder's output in memory. */
const DESTINATIONS_MAX = 4;

const atMost = `must list ${DESTINATIONS_MAX} destinations at most`;

export const destinations = v.optional(
  v.pipe(v.array(destination), v.maxLength(DESTINATIONS_MAX, atMost)),
  [],
);

/** Those that a drop goes to, by id; left out: all that are enabled. */
export const chosenDestinations = v.optional(
  v.pipe(v.array(name), v.maxLength(DESTINATIONS_MAX, atMost)),
);

export type DestinationConfig = v.InferOutput<typeof destination>;

/** Keys that one kind has, and the other has not. */
const OF_KIND = {
  srt: ['host', 'port', 'stream_id', 'passphrase_file'],
  rtmp: ['url', 'key_file'],
} as const;
const NEEDED = { srt: ['host', 'port'], rtmp: ['url', 'key_file'] } as const;

/** @param renditions Names of the viewers' renditions. */
export function* destinationFaults(
  list: readonly DestinationConfig[],
  renditions: readonly string[],
): Generator<Fault> {
  const at = (i: number, ...key: string[]) => ['uplink', 'destinations', i, ...key];
  for (const [i, one] of list.entries()) {
    const isSet = (key: keyof DestinationConfig) => one[key] !== undefined && one[key] !== '';
    for (const key of NEEDED[one.kind]) {
      if (isSet(key)) continue;
      yield { path: at(i, key), message: `must be given, as the kind is ${one.kind}` };
    }
    const other = one.kind === 'srt' ? 'rtmp' : 'srt';
    for (const key of OF_KIND[other]) {
      if (!isSet(key)) continue;
      yield { path: at(i, key), message: `must be left out, as the kind is ${one.kind}` };
    }
    if (one.rendition !== '' && !renditions.includes(one.rendition)) {
      const message = `unknown rendition ${one.rendition}; there are: ${renditions.join(', ')}; leave it empty for the uplink's picture`;
      yield { path: at(i, 'rendition'), message };
    }
  }
  yield* repeatedFaults(list.map(({ id }, i) => [at(i, 'id'), id]));
}

/**
 * @param known Ids of `uplink.destinations`.
 * @param at Where the drop stands in its file.
 */
export function* chosenFaults(
  chosen: readonly string[] | undefined,
  known: readonly string[],
  at: readonly (string | number)[],
): Generator<Fault> {
  for (const [i, id] of (chosen ?? []).entries()) {
    if (known.includes(id)) continue;
    const there = known.length === 0 ? 'has none' : `has ${known.join(', ')}`;
    const message = `unknown destination ${id}; uplink.destinations ${there}`;
    yield { path: [...at, 'destinations', i], message };
  }
}
