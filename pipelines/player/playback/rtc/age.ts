/** How old a picture by WebRTC is. Pure. */
import { possibleMs } from '../beacon-payload.ts';

/** The box counts pictures in ticks of 90 kHz since 1970: `timestampOf` of the WHEP process. */
const TICKS_PER_MS = 90;
const TICKS = 2 ** 32;

/** The page knows the box's clock this well, where the first answer came slowly. */
const CLOCK_ERROR_MS = 500;

/** From the time stamp of a picture to a time by the box's clock; undefined where that is impossible. */
export function ageMs(timestamp: number, nowMs: number): number | undefined {
  const ticks = (((nowMs * TICKS_PER_MS - timestamp) % TICKS) + TICKS) % TICKS;
  const ms = (ticks < TICKS / 2 ? ticks : ticks - TICKS) / TICKS_PER_MS;
  return ms < -CLOCK_ERROR_MS ? undefined : possibleMs(Math.max(0, ms));
}
