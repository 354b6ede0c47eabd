/** Blink patterns of lamps. */

import type { Rhythm } from './port.ts';

/**
 * What lamps can show. Each differs from the others by how many flashes a group
 * has and how long they are, never by colour alone: one guest in twelve cannot
 * distinguish red from green.
 */
export const RHYTHMS = {
  off: [],
  steady: [1000],
  /** Half a second on, half off. */
  blink: [500, 500],
  /** Five times a second: act now. */
  flicker: [100, 100],
  /** A short flash every two seconds: alive and waiting. */
  flash: [100, 1900],
  /** Mostly on with a short gap: live, with something to know. */
  gap: [1800, 200],
  double: [150, 150, 150, 1050],
  triple: [150, 150, 150, 150, 150, 1050],
  /** Long and short: asks for a person. */
  longShort: [900, 300, 150, 650],
} as const satisfies Readonly<Record<string, Rhythm>>;

export type RhythmName = keyof typeof RHYTHMS;

/** Whether a lamp that began `rhythm` `sinceMs` ago is on, and for how long it stays so. */
export function lampAt(
  rhythm: Rhythm,
  sinceMs: number,
): { readonly isOn: boolean; readonly nextMs: number } {
  if (rhythm.length < 2) return { isOn: rhythm.length === 1, nextMs: Infinity };
  const periodMs = rhythm.reduce((sum, ms) => sum + ms, 0);
  let leftMs = ((sinceMs % periodMs) + periodMs) % periodMs;
  for (const [index, ms] of rhythm.entries()) {
    if (leftMs < ms) return { isOn: index % 2 === 0, nextMs: ms - leftMs };
    leftMs -= ms;
  }
  return { isOn: false, nextMs: 0 };
}

/** What is wrong with a rhythm, or undefined. Lamps take no rhythm that fails this. */
export function faultOf(rhythm: Rhythm): string | undefined {
  if (rhythm.length > 16) return 'more than 16 times';
  if (rhythm.length > 1 && rhythm.length % 2 === 1) return 'an odd number of times';
  // Shorter flashes are lost on a kernel with HZ=100, and are hard to see.
  if (rhythm.some((ms) => !(ms >= 20 && ms <= 60_000))) return 'a time outside 20 to 60000 ms';
  return undefined;
}

/**
 * The text for `/sys/class/leds/X/pattern`: brightness and duration pairs. A pair
 * is a slope to the next one, so that a step is a pair with the duration 0
 * (Documentation/ABI/testing/sysfs-class-led-trigger-pattern).
 */
export function renderLedPattern(rhythm: Rhythm, brightness: number): string {
  return rhythm
    .map((ms, index) => {
      const level = index % 2 === 0 ? brightness : 0;
      return `${level} ${ms} ${level} 0`;
    })
    .join(' ');
}
