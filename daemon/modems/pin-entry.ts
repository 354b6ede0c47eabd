import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkPin, type ModemState, type Modems } from '../../hal/modem/port.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { errnoOf, HalError } from '../../hal/os/errors.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { saveFile } from '../../hal/os/save-file.ts';
import type { PinFault } from '../model/snapshot.ts';
import {
  decidePin,
  type PinFile,
  type PinMemory,
  parsePinMemories,
  pinKeyOf,
  remember,
} from './pin.ts';

/** What never reached the SIM is tried again after this. */
const RETRY_MS = 30_000;
/** A SIM that is open so soon after an answer that never came has taken the PIN. */
const OPENS_WITHIN_MS = 90_000;
/** Whatever this says, the SIM did not count it. */
const NEVER_SENT: readonly string[] = ['NOT_FOUND', 'DEVICE_BUSY', 'NOT_PERMITTED'];

export interface PinEntryDeps {
  readonly modems: Pick<Modems, 'sendPin'>;
  /** Paths by what a modem is called. */
  readonly files: Readonly<Record<string, string>>;
  readonly stateFolder: string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface PinEntry {
  /** Gives each locked SIM its PIN where that is safe; tells by modem why one stays locked. */
  poll(modems: readonly ModemState[], signal: AbortSignal): Promise<ReadonlyMap<string, PinFault>>;
}

export async function openPinEntry(deps: PinEntryDeps): Promise<PinEntry> {
  const { files, stateFolder, clock, log } = deps;
  const path = join(stateFolder, 'modem-pins.json');
  let memories = parsePinMemories(await readFile(path, 'utf8').catch(() => ''));
  /** By modem, until its SIM is open or gone. */
  const sentMs = new Map<string, number>();
  const retryAtMs = new Map<string, number>();

  const keep = async (id: string, known: PinMemory | undefined) => {
    memories = remember(memories, id, known);
    await saveFile(path, JSON.stringify(memories));
  };
  const settle = async (modem: ModemState) => {
    const { id, sim } = modem;
    const known = memories[id];
    const isOpened = clock.monotonicMs() - (sentMs.get(id) ?? -Infinity) < OPENS_WITHIN_MS;
    if (sim !== 'pin') sentMs.delete(id);
    if (sim !== 'ready' || known === undefined) return;
    const outcome = known.outcome === 'trying' && isOpened ? 'taken' : known.outcome;
    if (outcome !== known.outcome || known.refusals > 0) {
      await keep(id, { ...known, outcome, refusals: 0 });
    }
  };
  const send = async (id: string, file: { path: string; version: string }, signal: AbortSignal) => {
    const before = memories[id];
    const refusals = before?.refusals ?? 0;
    const pin = await readPin(file.path);
    // Before it is sent: a box that is cut off now must not send a wrong one again.
    await keep(id, { version: file.version, outcome: 'trying', refusals });
    sentMs.set(id, clock.monotonicMs());
    try {
      await deps.modems.sendPin(id, pin, signal);
      log.info('the SIM took its PIN', { modem: id });
      await keep(id, { version: file.version, outcome: 'taken', refusals: 0 });
    } catch (error) {
      const code = error instanceof HalError ? error.code : 'IO';
      log.warn('PIN not taken', { modem: id, file: file.path, reason: messageOf(error) });
      if (code === 'BAD_REPLY') {
        await keep(id, { version: file.version, outcome: 'refused', refusals: refusals + 1 });
      } else if (NEVER_SENT.includes(code)) {
        sentMs.delete(id);
        retryAtMs.set(id, clock.monotonicMs() + RETRY_MS);
        await keep(id, before);
      }
    }
  };
  const lookAt = async (modem: ModemState, signal: AbortSignal) => {
    await settle(modem);
    if (modem.sim !== 'pin') return undefined;
    const { id } = modem;
    const decide = async () =>
      decidePin(modem, await findFile(modem, files), memories[id], sentMs.has(id));
    const decision = await decide();
    if (decision.kind !== 'send') return decision;
    if ((retryAtMs.get(id) ?? 0) > clock.monotonicMs()) return undefined;
    await send(id, decision, signal);
    return await decide();
  };
  return {
    poll: async (modems, signal) => {
      const isThere = (id: string) => modems.some((modem) => modem.id === id);
      for (const id of [...sentMs.keys()]) if (!isThere(id)) sentMs.delete(id);
      const troubles = new Map<string, PinFault>();
      for (const modem of modems) {
        const decision = await lookAt(modem, signal).catch((error: unknown) => {
          const reason = `it is not sent: ${messageOf(error)}`;
          return { kind: 'trouble', trouble: { kind: 'kept', reason } } as const;
        });
        if (decision?.kind === 'trouble') troubles.set(modem.id, decision.trouble);
      }
      return troubles;
    },
  };
}

async function findFile(
  modem: ModemState,
  files: Readonly<Record<string, string>>,
): Promise<PinFile> {
  const key = pinKeyOf(modem, Object.keys(files));
  const path = key === undefined ? undefined : files[key];
  if (path === undefined) return { phase: 'none' };
  try {
    const { mtimeMs, size, ino } = await stat(path);
    await readPin(path);
    return { phase: 'ready', path, version: `${path} ${mtimeMs} ${size} ${ino}` };
  } catch (error) {
    const reason =
      error instanceof HalError ? 'must hold the PIN, 4 to 8 digits' : (errnoOf(error) ?? 'failed');
    return { phase: 'unreadable', path, reason };
  }
}

async function readPin(path: string): Promise<string> {
  return checkPin((await readFile(path, 'utf8')).trim());
}
