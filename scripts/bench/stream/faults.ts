/** Measures how guests get over what goes wrong on an evening. */
import { seeFaults } from '../../../test/support/faults/faults.ts';
import type { Figure } from '../machine.ts';

/** Long enough for the title picture, and for any player's patience. */
const AWAY_S = 60;

/** Chromium with our player and with hls.js, ffmpeg and mpv: none may leave. */
export async function benchFaults(): Promise<readonly Figure[]> {
  const { rows, latenciesMs, problems } = await seeFaults(AWAY_S);
  return [
    ...rows.map(({ fault, playedOnMs }) => ({
      name: `${fault}: all play 2 s more within`,
      value: `${playedOnMs} ms`,
      goal: 'they stay',
    })),
    {
      name: 'latency of a page opened after the clock was set',
      value: latenciesMs.map((ms) => `${Math.round(ms)} ms`).join(', '),
      goal: 'true',
    },
    {
      name: 'guests gone, gaps, holes in recordings',
      value: problems.join('; ') || 'none',
      goal: 'none',
    },
  ];
}
