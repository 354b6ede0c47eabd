/** What each SIM has carried in a month. Pure. */
import * as v from 'valibot';
import type { ModemState } from '../../hal/modem/port.ts';
import { monthOf } from '../media/data-use.ts';
import { modemKeyOf } from './reset-attempts.ts';

/**
 * What each modem's SIM has carried in a calendar month (UTC), for whichever program,
 * by the counters of its interface: a budget of the operator's counts all of it. Pure.
 */
export const simDataSchema = v.object({
  /** For example `2026-11`. */
  month: v.pipe(v.string(), v.regex(/^\d{4}-\d\d$/)),
  /** The kernel's; its interfaces count from 0 with another one. */
  bootId: v.string(),
  modems: v.record(
    v.string(),
    v.object({
      bytes: v.pipe(v.number(), v.minValue(0)),
      /** The interface's own count at the last look, both ways. */
      counter: v.pipe(v.number(), v.minValue(0)),
    }),
  ),
});

export type SimData = v.InferOutput<typeof simDataSchema>;

/** Goes on from what was saved, or from nothing. */
export function resumeSimData(kept: SimData | undefined, bootId: string, wallMs: number): SimData {
  if (kept === undefined) return { month: monthOf(wallMs), bootId, modems: {} };
  if (kept.bootId === bootId) return kept;
  const modems = Object.entries(kept.modems).map(([key, { bytes }]) => [
    key,
    { bytes, counter: 0 },
  ]);
  return { ...kept, bootId, modems: Object.fromEntries(modems) };
}

/** More than a box has sockets for. */
const MAX_MODEMS = 32;

export function noteSimData(
  before: SimData,
  modems: readonly ModemState[],
  wallMs: number,
): SimData {
  const month = monthOf(wallMs);
  // Only onwards: a box without a clock of its own may start in another month.
  const isNew = month > before.month;
  const known = Object.entries(before.modems).map(
    ([key, one]) => [key, isNew ? { ...one, bytes: 0 } : one] as const,
  );
  const all = new Map(known);
  for (const modem of modems) {
    const { rxBytesTotal, txBytesTotal } = modem;
    if (rxBytesTotal === undefined || txBytesTotal === undefined) continue;
    const key = modemKeyOf(modem);
    const { bytes = 0, counter: last = 0 } = all.get(key) ?? {};
    const counter = rxBytesTotal + txBytesTotal;
    // One that is less than before belongs to a new interface.
    const more = counter >= last ? counter - last : counter;
    if (all.has(key) || all.size < MAX_MODEMS) all.set(key, { bytes: bytes + more, counter });
  }
  return { ...before, month: isNew ? month : before.month, modems: Object.fromEntries(all) };
}
