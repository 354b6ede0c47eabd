/** Which of the coming drops is the one that the box shows and holds. Pure. */

import type { DropConfig } from '../config/drop.ts';
import type { PlannedDrop } from '../config/drop-list/parse.ts';
import type { PlannedPhase } from '../model/planned-drops.ts';

/** What must be known after a restart. */
export interface DropMemory {
  /** Those of the list that were held, the last one at the end. */
  readonly held: readonly HeldDrop[];
  /** The one that was held last, of the list or of the config: until another begins it is over. */
  readonly last?: LastDrop;
  /** The one that is on air; a power cut does not end it. */
  readonly current?: CurrentDrop;
  /** Id of the one that a person has said is to be held again, until one of the list has ended. */
  readonly again?: string;
}

export interface CurrentDrop {
  /**
   * As it was last read: a mistake in the file does not change what is on air. Undefined for the
   * one of the config: a drop that is added to the list does not take its place.
   */
  readonly drop: PlannedDrop | undefined;
  /** The id of the run, a time. */
  readonly run: string;
  /** A frame of it was live. */
  readonly hasBegun: boolean;
}

export interface HeldDrop {
  readonly id: string;
  readonly title: string;
  /** Unix time in ms. */
  readonly endedMs: number;
}

export interface LastDrop {
  readonly id: string;
  /** As it was sold, also once it is gone from the list; undefined for the one of the config. */
  readonly drop?: PlannedDrop | undefined;
  readonly title: string;
  /** As it was planned; empty where it was not. */
  readonly startsAt: string;
  /** Unix time in ms. */
  readonly endedMs: number;
  /** The id of the run, a time. */
  readonly run: string;
}

export const NO_MEMORY: DropMemory = { held: [] };

const HELD_MAX = 200;
/** A drop without an end that is not live so long after its start has been called off. */
const MISSED_AFTER_MS = 12 * 3_600_000;
/** One with an end can begin so long after it, or once more its length: bands are late. */
const LATE_MS = 2 * 3_600_000;
/** A box is armed so long before a start. */
const SOON_MS = 3_600_000;

/** By their start; those without one last, in the order of the file. */
export function inOrder(list: readonly PlannedDrop[]): readonly PlannedDrop[] {
  return list.toSorted((a, b) => startOf(a) - startOf(b) || 0);
}

function startOf({ starts_at = '' }: { readonly starts_at?: string | undefined }): number {
  const startMs = Date.parse(starts_at);
  return Number.isNaN(startMs) ? Number.MAX_SAFE_INTEGER : startMs;
}

/**
 * The one that is on, or the next one; undefined where none is to come.
 *
 * @param checked Id of the one that the box is being prepared for: it stays.
 */
export function choosePlanned(
  list: readonly PlannedDrop[],
  memory: DropMemory,
  nowMs: number,
  checked?: string,
): PlannedDrop | undefined {
  const { current } = memory;
  if (current !== undefined) return list.find(({ id }) => id === current.drop?.id) ?? current.drop;
  const ordered = inOrder(list);
  const coming = ordered.filter(({ id }) => !isHeld(id, memory));
  return (
    coming.find(({ id }) => id === checked) ??
    coming.find((one) => !isMissed(one, ordered, memory, nowMs))
  );
}

function isHeld(wanted: string, { held }: DropMemory): boolean {
  return held.some(({ id }) => id === wanted);
}

/**
 * A late one can still begin, but not once the next one is nearer than its planned end, or soon:
 * who then goes live means the next one, unless it was said that this one is held again.
 *
 * @param list In order; those that were held, too: one that was called off does not come back after them.
 */
function isMissed(
  drop: PlannedDrop,
  list: readonly PlannedDrop[],
  { again }: DropMemory,
  nowMs: number,
): boolean {
  const startMs = startOf(drop);
  const endMs = Date.parse(drop.ends_at ?? '');
  if (Number.isNaN(endMs)) return nowMs > startMs + MISSED_AFTER_MS;
  if (nowMs <= endMs) return false;
  const next = list.find((one) => startOf(one) > startMs);
  const isLate = nowMs > endMs + Math.max(LATE_MS, endMs - startMs);
  const soonMs = drop.id === again ? 0 : SOON_MS;
  return isLate || (next !== undefined && startOf(next) - nowMs < Math.max(soonMs, nowMs - endMs));
}

interface Planned {
  /** In order. */
  readonly list: readonly PlannedDrop[];
  readonly memory: DropMemory;
  /** Id of the one that is shown. */
  readonly shown: string | undefined;
  readonly nowMs: number;
}

export function phaseOf(drop: PlannedDrop, { list, memory, shown, nowMs }: Planned): PlannedPhase {
  if (memory.current?.drop?.id === drop.id) return 'on';
  if (isHeld(drop.id, memory)) return 'held';
  if (drop.id === shown) return 'shown';
  return isMissed(drop, list, memory, nowMs) ? 'missed' : 'coming';
}

/** A drop of the list over what the config says of all drops. */
export function overConfig(config: DropConfig, planned: PlannedDrop | undefined): DropConfig {
  if (planned === undefined) return config;
  const own = { starts_at: '', ends_at: '', profile: '', catalogue: [] } as const;
  // Hosts stay those of the config.
  const overlay = { ...config.overlay, ...planned.overlay, hosts: config.overlay.hosts };
  return { ...config, ...own, ...planned, overlay } as DropConfig;
}

/** The box went live. @param planned The drop that was shown; undefined for one of the config. */
export function noteLive(
  memory: DropMemory,
  planned: PlannedDrop | undefined,
  run: string,
): DropMemory {
  const { current, ...rest } = memory;
  if (current?.run === run) return memory;
  // Of a drop that the power ended: it is held on.
  if (current !== undefined) return { ...rest, current: { ...current, run } };
  return { ...rest, current: { drop: planned, run, hasBegun: false } };
}

export function noteFirstFrame(memory: DropMemory, run: string): DropMemory {
  const { current } = memory;
  if (current?.run !== run || current.hasBegun) return memory;
  return { ...memory, current: { ...current, hasBegun: true } };
}

/**
 * One that never had a frame has not begun: it is still to come, and the one before is the last.
 *
 * @param shown As guests saw it at its end.
 */
export function noteEnded(
  memory: DropMemory,
  endedMs: number,
  shown: Pick<DropConfig, 'id' | 'title' | 'starts_at'>,
): DropMemory {
  const { current, ...before } = memory;
  if (current?.hasBegun !== true) return current === undefined ? memory : before;
  const { title, starts_at: startsAt } = shown;
  const id = current.drop?.id ?? shown.id;
  const last = { id, drop: current.drop, title, startsAt, endedMs, run: current.run };
  // That of the config is not of the list: it can be held again.
  if (current.drop === undefined) return { ...before, last };
  const others = before.held.filter((one) => one.id !== id);
  return { held: [...others, { id, title, endedMs }].slice(-HELD_MAX), last };
}

/** It was ended by mistake, or had hardly begun: it is to come once more. Undefined where it was not held. */
export function holdAgain({ last, ...memory }: DropMemory, id: string): DropMemory | undefined {
  if (!isHeld(id, memory)) return undefined;
  const held = memory.held.filter((one) => one.id !== id);
  return { ...memory, held, again: id, ...(last && last.id !== id && { last }) };
}

/** Those that were held, the oldest first, without the last one: guests may still pay, or it runs again. */
export function spareOf({ held, last, current }: DropMemory): readonly string[] {
  const kept = [last?.id, current?.drop?.id];
  return held.map(({ id }) => id).filter((id) => !kept.includes(id));
}

/** That of the config is the next one where it was given another start, after the last one's end. */
export function isNext(
  planned: PlannedDrop | undefined,
  { starts_at }: Pick<DropConfig, 'starts_at'>,
  last: LastDrop | undefined,
): boolean {
  if (planned !== undefined || last === undefined) return planned !== undefined;
  return starts_at !== last.startsAt && Date.parse(starts_at) > last.endedMs;
}

/**
 * After the last drop guests read that it is over, until the next one is nearer than its end.
 *
 * @param next Undefined where none is to come.
 */
export function isNextNearer(
  last: LastDrop | undefined,
  next: { readonly starts_at?: string | undefined } | undefined,
  nowMs: number,
): boolean {
  if (last === undefined || next === undefined) return false;
  return startOf(next) - nowMs < nowMs - last.endedMs;
}
