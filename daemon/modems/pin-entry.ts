/** Gives locked SIM cards their PIN from the files of the config. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkPin, type ModemState, type Modems } from '../../hal/modem/port.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { errnoOf, HalError, ifMissing } from '../../hal/os/errors.ts';
import { readRegular, SECRET_BYTES_MAX } from '../../hal/os/files/read-regular.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { saveFile } from '../../hal/os/save-file.ts';
import type { PinFault } from '../model/snapshot.ts';
import {
  decidePin,
  type PinDecision,
  type PinFile,
  type PinMemories,
  type PinMemory,
  parsePinMemories,
  pinKeyOf,
  remember,
} from './pin.ts';

/** What never reached the SIM is tried again after this. */
const RETRY_MS = 30_000;
/** A SIM that opens so soon after an answer that never came has taken the PIN. */
const OPENS_WITHIN_MS = 90_000;
/** With these errors the SIM did not count a try. */
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
  /** Sends each locked SIM its PIN where that is safe; by modem, why one stays locked. */
  poll(modems: readonly ModemState[], signal: AbortSignal): Promise<ReadonlyMap<string, PinFault>>;
}

export function openPinEntry(deps: PinEntryDeps): PinEntry {
  const pins = new Pins(join(deps.stateFolder, 'modem-pins.json'), deps);
  return {
    poll: async (modems, signal) => {
      pins.forgetAllBut(modems);
      const faults = new Map<string, PinFault>();
      for (const modem of modems) {
        const fault = await pins.poll(modem, signal);
        if (fault !== undefined) faults.set(modem.id, fault);
      }
      return faults;
    },
  };
}

type ReadyFile = Extract<PinDecision, { kind: 'send' }>;

class Pins {
  readonly #path: string;
  readonly #deps: PinEntryDeps;
  #memories: PinMemories = {};
  #isRead = false;
  /** By modem, until its SIM is open or gone. */
  readonly #sentMs = new Map<string, number>();
  readonly #retryAtMs = new Map<string, number>();

  constructor(path: string, deps: PinEntryDeps) {
    this.#path = path;
    this.#deps = deps;
  }

  forgetAllBut(modems: readonly ModemState[]): void {
    const isThere = (id: string) => modems.some((modem) => modem.id === id);
    for (const id of [...this.#sentMs.keys()]) if (!isThere(id)) this.#sentMs.delete(id);
  }

  /** Why the SIM stays locked; undefined where it does not. Never rejects. */
  async poll(modem: ModemState, signal: AbortSignal): Promise<PinFault | undefined> {
    try {
      await this.#read();
      await this.#settle(modem);
      if (modem.sim !== 'pin') return undefined;
      const decision = await this.#decide(modem);
      if (decision.kind !== 'send') return faultOf(decision);
      if ((this.#retryAtMs.get(modem.id) ?? 0) > this.#deps.clock.monotonicMs()) return undefined;
      await this.#send(modem.id, decision, signal);
      return faultOf(await this.#decide(modem));
    } catch (error) {
      if (modem.sim !== 'pin') return undefined;
      return { kind: 'kept', reason: `it is not sent: ${messageOf(error)}` };
    }
  }

  /** Where it cannot be read now, a wrong PIN may be sent again: none is. */
  async #read(): Promise<void> {
    if (this.#isRead) return;
    this.#memories = parsePinMemories((await readFile(this.#path, 'utf8').catch(ifMissing)) ?? '');
    this.#isRead = true;
  }

  async #decide(modem: ModemState): Promise<PinDecision> {
    const { id } = modem;
    const file = await findFile(modem, this.#deps.files);
    return decidePin(modem, file, this.#memories[id], this.#sentMs.has(id));
  }

  /** Notes what an open SIM says of the last try. */
  async #settle({ id, sim }: ModemState): Promise<void> {
    const known = this.#memories[id];
    const sentMs = this.#sentMs.get(id) ?? -Infinity;
    const isOpened = this.#deps.clock.monotonicMs() - sentMs < OPENS_WITHIN_MS;
    if (sim !== 'pin') this.#sentMs.delete(id);
    if (sim !== 'ready' || known === undefined) return;
    const outcome = known.outcome === 'trying' && isOpened ? 'taken' : known.outcome;
    if (outcome !== known.outcome || known.refusals > 0) {
      await this.#save(id, { ...known, outcome, refusals: 0 });
    }
  }

  async #send(id: string, { path, version }: ReadyFile, signal: AbortSignal): Promise<void> {
    const { modems, clock, log } = this.#deps;
    const before = this.#memories[id];
    const refusals = before?.refusals ?? 0;
    const pin = readPin(path);
    // Before it is sent: a box that loses its power now must not send a wrong one again.
    // What was not saved was not sent, and is tried again.
    const trying = remember(this.#memories, id, { version, outcome: 'trying', refusals });
    await saveFile(this.#path, JSON.stringify(trying));
    this.#memories = trying;
    this.#sentMs.set(id, clock.monotonicMs());
    try {
      await modems.sendPin(id, pin, signal);
      log.info('PIN accepted', { modem: id });
      await this.#save(id, { version, outcome: 'taken', refusals: 0 });
    } catch (error) {
      const code = error instanceof HalError ? error.code : 'IO';
      log.warn('PIN refused', { modem: id, file: path, reason: messageOf(error) });
      if (code === 'BAD_REPLY') {
        await this.#save(id, { version, outcome: 'refused', refusals: refusals + 1 });
      } else if (NEVER_SENT.includes(code)) {
        this.#sentMs.delete(id);
        this.#retryAtMs.set(id, clock.monotonicMs() + RETRY_MS);
        await this.#save(id, before);
      }
    }
  }

  /** A fact counts also where it cannot be saved. */
  async #save(id: string, known: PinMemory | undefined): Promise<void> {
    this.#memories = remember(this.#memories, id, known);
    await saveFile(this.#path, JSON.stringify(this.#memories));
  }
}

function faultOf(decision: PinDecision): PinFault | undefined {
  return decision.kind === 'fault' ? decision.fault : undefined;
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
    readPin(path);
    return { phase: 'ready', path, version: `${path} ${mtimeMs} ${size} ${ino}` };
  } catch (error) {
    const reason =
      error instanceof HalError
        ? 'must hold the PIN, 4 to 8 digits'
        : (errnoOf(error) ?? messageOf(error));
    return { phase: 'unreadable', path, reason };
  }
}

function readPin(path: string): string {
  return checkPin(readRegular(path, SECRET_BYTES_MAX).toString().trim());
}
