/**
 * The first minutes after a drop's first live frame, in which collector's articles and flash
 * prices are there. Pure.
 *
 * Its time is that of the machine's run, so that a clock that is set neither opens nor closes
 * it. After a restart of the machine it goes on where it was last saved: nobody could buy while
 * the box was off.
 */
import type { BootClock } from '../../hal/os/clock.ts';
import type { OrderRequest } from '../model/orders.ts';

/** When the first frame of a drop was on air. */
export interface Opening {
  readonly drop: string;
  readonly bootId: string;
  /** Since the start of that run of the machine. */
  readonly openedMs: number;
  /** How long it had been open when this was saved. */
  readonly elapsedMs: number;
}

type Now = Pick<BootClock, 'bootId'> & { readonly sinceBootMs: number };

export function openWindow(drop: string, now: Now): Opening {
  return { drop, bootId: now.bootId, openedMs: now.sinceBootMs, elapsedMs: 0 };
}

export function elapsedMs(opening: Opening, now: Now): number {
  const isSameRun = opening.bootId !== '' && opening.bootId === now.bootId;
  return isSameRun
    ? Math.max(opening.elapsedMs, now.sinceBootMs - opening.openedMs)
    : opening.elapsedMs;
}

/** As it is to be saved, and as it goes on from after a start. */
export function refreshed(opening: Opening, now: Now): Opening {
  const elapsed = elapsedMs(opening, now);
  return {
    drop: opening.drop,
    bootId: now.bootId,
    openedMs: now.sinceBootMs - elapsed,
    elapsedMs: elapsed,
  };
}

export interface SaleWindowState {
  readonly phase: 'before' | 'open' | 'over';
  readonly leftMs: number;
}

/** A payment that comes later than that is judged by when it comes. */
const LATE_MAX_MS = 30 * 60_000;

/** How long a payment was on its way, by its sender's clock; 0 where one of the clocks has jumped. */
export function lateMs({ source, sentMs }: Pick<OrderRequest, 'source' | 'sentMs'>, nowMs: number) {
  const ms = source === 'webhook' && sentMs !== undefined ? nowMs - sentMs : 0;
  return ms > 0 && ms <= LATE_MAX_MS ? ms : 0;
}

/** @param opening Of the last drop that had a frame. */
export function windowOf(
  opening: Opening | undefined,
  drop: string,
  lengthMs: number,
  now: Now,
): SaleWindowState {
  if (opening?.drop !== drop) return { phase: 'before', leftMs: lengthMs };
  const leftMs = Math.max(0, lengthMs - elapsedMs(opening, now));
  return { phase: leftMs > 0 ? 'open' : 'over', leftMs };
}
