/** Measures the time from the last frame of a part until the part can be served. */
import type { MediaFigures } from '../../pipelines/media/messages.ts';
import { startDetailedBox } from '../../test/support/box.ts';
import { type Figure, round } from './machine.ts';

const SECONDS = 20;

/** From a part's last captured frame to its bytes being servable, as the media process measures it. */
export async function benchLag(): Promise<readonly Figure[]> {
  await using box = await startDetailedBox();
  await box.ready();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const p50s: number[] = [];
  const p95s: number[] = [];
  for (let i = 0; i < SECONDS; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const state = await box.state<{ media: MediaFigures }>();
    const lag = state.media.partLagMs;
    if (lag === undefined) continue;
    p50s.push(lag.p50);
    p95s.push(lag.p95);
  }
  const middle = (values: readonly number[]) =>
    round(values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0);
  return [
    { name: 'last frame of a part to servable, p50', value: `${middle(p50s)} ms`, goal: '-' },
    {
      name: 'last frame of a part to servable, p95',
      value: `${middle(p95s)} ms`,
      goal: '<= 10 ms',
    },
  ];
}
