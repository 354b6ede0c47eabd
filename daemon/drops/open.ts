/** The coming drops of a box: which one it shows and holds, and how the list is changed. */
import { resolve } from 'node:path';
import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import type { ClockAndLog } from '../../hal/os/log.ts';
import { startOf } from '../../pipelines/media/drop-id.ts';
import type { DropOnPage } from '../../pipelines/player/drop-json.ts';
import type { Config } from '../config/config.ts';
import type { DropConfig } from '../config/drop.ts';
import { checkSaved, type LinkHosts, type PlannedDrop } from '../config/drop-list/parse.ts';
import type { BoxEvent, Command, Outcome } from '../model/commands.ts';
import { PAID_LATE_MS } from '../model/orders.ts';
import { hasCamera } from '../model/phase.ts';
import type { PlannedDropsState, PlannedPhase } from '../model/planned-drops.ts';
import type { BoxSnapshot, DropPhase, DropState } from '../model/snapshot.ts';
import { openDropsCommand } from './command.ts';
import { infoOf } from './info.ts';
import { ListFile } from './list-file.ts';
import { lookFaultIn } from './look.ts';
import { MemoryStore } from './memory-store.ts';
import { onPage } from './on-page.ts';
import {
  choosePlanned,
  type DropMemory,
  holdAgain,
  inOrder,
  noteEnded,
  noteFirstFrame,
  noteLive,
  overConfig,
  phaseOf,
} from './present.ts';

export interface Drops {
  /** The drop that is on, or the next one; the one of the config where the list has none. */
  present(): DropConfig;
  /** The one that has ended a short time ago, while another one is shown: what it sold can still be paid. */
  justEnded(): DropConfig | undefined;
  state(): PlannedDropsState;
  /** Drops that begin and end. */
  record(event: BoxEvent): void;
  readonly command: (command: Command) => Promise<Outcome>;
  /** Follows the file and the time until `signal` aborts. */
  run(box: DropsBox, signal: AbortSignal): Promise<void>;
}

export interface DropsBox {
  readonly drop: { state(): DropState; kept(): string | undefined };
  readonly mediaPath: { readonly showDrop: (drop: DropOnPage) => void };
  readonly snapshot: () => Pick<BoxSnapshot, 'system'>;
}

interface Given extends ClockAndLog {
  readonly stateFolder: string;
}

const EVERY_MS = 1_000;

export async function openDrops(
  config: () => Pick<Config, 'drop' | 'orders' | 'uplink'>,
  { stateFolder, clock, log }: Given,
): Promise<Drops> {
  const hosts = {
    get checkout() {
      return config().orders.checkout_hosts;
    },
    get overlay() {
      return config().drop.overlay.hosts;
    },
    get destinations() {
      return (config().uplink?.destinations ?? []).map(({ id }) => id);
    },
  };
  const file = new ListFile(resolve(stateFolder, 'drops.yaml'), hosts, log);
  await file.refresh();
  const store = new MemoryStore(resolve(stateFolder, 'held-drops.json'), hosts, log);
  const drops = new OpenDrops(() => config().drop, stateFolder, { file, store, hosts, clock, log });
  return {
    present: () => drops.present,
    justEnded: () => drops.justEnded(),
    state: () => drops.state(),
    record: (event) => drops.record(event),
    command: openDropsCommand({
      ...{ file, hosts, lookFault: lookFaultIn(stateFolder), state: () => drops.state() },
      onAir: () => store.memory.current?.drop?.id,
      spare: () => store.spare,
      again: (id, isDryRun) => drops.again(id, isDryRun),
    }),
    run: (box, signal) => drops.run(box, signal),
  };
}

interface Parts extends ClockAndLog {
  readonly file: ListFile;
  readonly store: MemoryStore;
  readonly hosts: LinkHosts;
}

/** By the monotonic clock. */
function paidUntilMs({ last }: DropMemory, clock: Pick<Clock, 'wallMs' | 'monotonicMs'>): number {
  const sinceMs = clock.wallMs() - (last?.endedMs ?? 0);
  return clock.monotonicMs() + PAID_LATE_MS - Math.max(0, sinceMs);
}

class OpenDrops {
  #present: DropConfig;
  readonly #config: () => DropConfig;
  /** Of the config, when it was last asked. */
  #base: DropConfig;
  readonly #stateFolder: string;
  readonly #parts: Parts;
  #planned: PlannedDrop | undefined;
  #phase: () => DropPhase = () => 'idle';
  /** Until what the last drop sold can be paid, by the monotonic clock. */
  #paidUntilMs: number;

  constructor(config: () => DropConfig, stateFolder: string, parts: Parts) {
    this.#config = config;
    this.#stateFolder = stateFolder;
    this.#parts = parts;
    this.#base = config();
    const { clock, store } = parts;
    this.#paidUntilMs = paidUntilMs(store.memory, clock);
    this.#present = this.#base;
    this.#choose();
    parts.file.follow(() => this.#choose());
  }

  /** The same object until it changes. Who restarts with a changed config reads it in that moment. */
  get present(): DropConfig {
    if (this.#config() !== this.#base) this.#choose();
    return this.#present;
  }

  justEnded(): DropConfig | undefined {
    const { file, store, clock } = this.#parts;
    const { last, current } = store.memory;
    const isPaid = clock.monotonicMs() < this.#paidUntilMs;
    // One of the config is sold as before.
    if (last === undefined || current !== undefined || !isPaid || last.id === this.present.id)
      return undefined;
    const planned = file.list.drops.find(({ id }) => id === last.id) ?? last.drop;
    if (planned !== undefined) return overConfig(this.#base, planned);
    return this.#base.id === last.id ? this.#base : undefined;
  }

  state(): PlannedDropsState {
    const { file, store, clock } = this.#parts;
    const { id, title, starts_at: startsAt, ends_at: endsAt } = this.present;
    const { drops, faults, broken } = file.list;
    const list = inOrder(drops);
    const given = { list, memory: store.memory, shown: this.#planned?.id, nowMs: clock.wallMs() };
    return {
      shown: { id, title, startsAt, endsAt },
      list: list.map((drop) => infoOf(drop, phaseOf(drop, given))),
      ...{ faults, file: file.path, ...(broken && { broken }) },
    };
  }

  /** @returns what it is then; nothing changes where that is `missed`, or where it cannot be. */
  async again(id: string, isDryRun: boolean): Promise<PlannedPhase | undefined> {
    const { file, store, clock } = this.#parts;
    const list = inOrder(file.list.drops);
    const drop = list.find((one) => one.id === id);
    const memory = holdAgain(store.memory, id);
    if (drop === undefined || memory === undefined || hasCamera(this.#phase())) return undefined;
    const phase = phaseOf(drop, { list, memory, shown: undefined, nowMs: clock.wallMs() });
    if (phase === 'missed' || isDryRun) return phase;
    this.#set(memory);
    await store.settled();
    return phase;
  }

  record({ type, atMs, data }: BoxEvent): void {
    const { store } = this.#parts;
    const run = String(data['dropId'] ?? '');
    if (type === 'drop.live') this.#set(noteLive(store.memory, this.#planned, run));
    if (type === 'drop.first-frame') this.#set(noteFirstFrame(store.memory, run));
    // One that the power ends may be resumed.
    if (type === 'drop.ended' && data['isByPower'] !== true) {
      this.#set(noteEnded(store.memory, atMs, this.present));
    }
  }

  async run({ drop, mediaPath, snapshot }: DropsBox, signal: AbortSignal): Promise<void> {
    const { file, store, clock } = this.#parts;
    this.#phase = () => drop.state().phase;
    const { phase, dropId } = drop.state();
    const { current } = store.memory;
    const isResumed = (phase === 'live' ? dropId : drop.kept()) === current?.run;
    // The box was off for so long that the drop is over.
    if (current !== undefined && !isResumed) {
      // When it was cut is not known: nothing of it is on sale any more.
      const startMs = Date.parse(startOf(current.run));
      const endedMs = Number.isNaN(startMs) ? clock.wallMs() : startMs;
      this.#set(noteEnded(store.memory, endedMs, this.present));
    }
    do {
      await file.refresh();
      this.#choose();
      // Its last seconds are still on air under its own title.
      if (drop.state().phase !== 'ending') mediaPath.showDrop(this.#onPage(snapshot()));
    } while (await pause(clock, EVERY_MS, signal));
    await Promise.all([file.settled(), store.settled()]);
  }

  #onPage({ system }: Pick<BoxSnapshot, 'system'>): DropOnPage {
    const { store, clock } = this.#parts;
    return onPage(this.present, {
      planned: this.#planned,
      last: store.memory.last,
      stateFolder: this.#stateFolder,
      nowMs: clock.wallMs(),
      isClockFree: system?.clock.phase === 'free',
    });
  }

  #set(memory: DropMemory): void {
    const { store, clock } = this.#parts;
    if (memory.last !== store.memory.last) {
      this.#paidUntilMs = paidUntilMs(memory, clock);
    }
    store.set(memory);
    this.#choose();
  }

  #choose(): void {
    const { file, store, hosts, clock, log } = this.#parts;
    const { drops, faults } = file.list;
    // What the host has checked is what goes live, however late, and whatever mistake the file has.
    const checked = hasCamera(this.#phase()) ? this.#planned : undefined;
    const isLost = faults.length > 0 && !drops.some(({ id }) => id === checked?.id);
    const list = isLost && checked ? [...drops, checked] : drops;
    const chosen = choosePlanned(list, store.memory, clock.wallMs(), checked?.id);
    // It leads nowhere that the config has refused since.
    const isAsRead = chosen === undefined || drops.includes(chosen);
    const allowed = isAsRead ? undefined : checkSaved(chosen, hosts);
    const planned = allowed?.faults.length ? (allowed.drop ?? chosen) : chosen;
    const base = this.#config();
    if (planned === this.#planned && base === this.#base) return;
    const { current } = store.memory;
    if (current !== undefined && planned !== undefined && current.drop !== planned) {
      store.set({ ...store.memory, current: { ...current, drop: planned } });
    }
    if (planned?.id !== this.#planned?.id) log.info('drop shown', { drop: planned?.id ?? '' });
    this.#planned = planned;
    this.#base = base;
    this.#present = overConfig(base, planned);
  }
}
