/** When a SIM card is sent its PIN. */
import * as v from 'valibot';
import type { ModemState } from '../../hal/modem/port.ts';
import { parseAs } from '../../hal/os/files/json.ts';
import type { PinFault } from '../model/snapshot.ts';

/**
 * When a SIM is given its PIN, as a pure decision. A wrong PIN costs one of three
 * tries and the last of them the SIM: so a file is tried once, until it is
 * written again, and never with the last try.
 */

/** The file that is meant for a modem, without its content. */
export type PinFile =
  | { readonly phase: 'ready'; readonly path: string; readonly version: string }
  | { readonly phase: 'unreadable'; readonly path: string; readonly reason: string }
  | { readonly phase: 'none' };

/**
 * What is remembered of a modem's SIM across restarts.
 *
 * - `trying`: a PIN was sent and no answer came; it may have been wrong.
 */
const memory = v.object({
  version: v.string(),
  outcome: v.picklist(['trying', 'taken', 'refused']),
  /** Since its SIM was last seen open. */
  refusals: v.pipe(v.number(), v.integer(), v.minValue(0)),
});

const memories = v.record(v.string(), memory);

export type PinMemory = Readonly<v.InferOutput<typeof memory>>;
export type PinMemories = Readonly<Record<string, PinMemory>>;

export type PinDecision =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'send'; readonly path: string; readonly version: string }
  | { readonly kind: 'fault'; readonly fault: PinFault };

/** Of a SIM, by 3GPP TS 31.101 §9.5.1; for a modem that does not report what is left. */
const TRIES = 3;

const NOTHING: PinDecision = { kind: 'nothing' };

/** @param wasSent To this SIM, since it was put in. */
export function decidePin(
  modem: ModemState,
  file: PinFile,
  known: PinMemory | undefined,
  wasSent: boolean,
): PinDecision {
  if (modem.sim !== 'pin') return NOTHING;
  if (file.phase === 'none') {
    const names = [...namesOf(modem), 'any'].join(', ');
    return fault('missing', `no file is named for it (by ${names})`);
  }
  if (file.phase === 'unreadable') return fault('missing', `${file.path}: ${file.reason}`);
  // A refusal would have cost one of all tries.
  const isUnanswered = known?.outcome === 'trying' && (modem.pinTriesLeft ?? 0) < TRIES;
  const isRefused = known?.outcome === 'refused' || isUnanswered;
  if (known?.version === file.version && isRefused) {
    const why = known.outcome === 'refused' ? 'is wrong' : 'got no answer, and may be wrong';
    return fault('wrong', `the PIN of ${file.path} ${why}`);
  }
  if (wasSent && known?.version === file.version) return NOTHING;
  const triesLeft = modem.pinTriesLeft ?? TRIES - (known?.refusals ?? 0);
  if (triesLeft < 2) return fault('kept', 'its last try is left to a person');
  return { kind: 'send', path: file.path, version: file.version };
}

/** The key of `modems.pin_files` that is meant for a modem; undefined where none is. */
export function pinKeyOf(modem: ModemState, keys: readonly string[]): string | undefined {
  return [...namesOf(modem), 'any'].find((name) => keys.includes(name));
}

/** What a person may call it by. */
function namesOf({ id, interfaceName, port }: ModemState): readonly string[] {
  return [id, interfaceName, port].flatMap((name) => name ?? []);
}

/** Reads what was saved; what is damaged is nothing. */
export function parsePinMemories(text: string): PinMemories {
  return parseAs(memories, text) ?? {};
}

/** More than a box has sockets for; the oldest goes. */
const MAX_KNOWN = 32;

/** @param known Undefined forgets. */
export function remember(
  before: PinMemories,
  id: string,
  known: PinMemory | undefined,
): PinMemories {
  const others = Object.entries(before).filter(([other]) => other !== id);
  if (known === undefined) return Object.fromEntries(others);
  return Object.fromEntries([...others, [id, known] as const].slice(-MAX_KNOWN));
}

function fault(kind: PinFault['kind'], reason: string): PinDecision {
  return { kind: 'fault', fault: { kind, reason } };
}
