/** Pauses between the pictures that a page shows. */
import type { Evaluates } from '../../../test/support/chromium.ts';

export interface Gaps {
  /** Between two pictures, in ms, those above the limit only. */
  readonly freezesMs: readonly number[];
  readonly longestMs: number;
  readonly shown: number;
}

/** From now on. @param freezeMs What counts as a freeze. */
export async function watchGaps(page: Evaluates, freezeMs: number): Promise<void> {
  await page.evaluate(`(${WATCH})(${freezeMs})`);
}

export async function readGaps(page: Evaluates): Promise<Gaps> {
  return (await page.evaluate('globalThis.gaps')) as Gaps;
}

const WATCH = `(freezeMs) => {
  const video = document.querySelector('video');
  globalThis.gaps = { freezesMs: [], longestMs: 0, shown: 0 };
  let lastMs;
  const onFrame = (_now, { presentationTime }) => {
    const gapMs = lastMs === undefined ? 0 : presentationTime - lastMs;
    lastMs = presentationTime;
    globalThis.gaps.shown += 1;
    if (gapMs > freezeMs) globalThis.gaps.freezesMs.push(Math.round(gapMs));
    globalThis.gaps.longestMs = Math.max(globalThis.gaps.longestMs, gapMs);
    video.requestVideoFrameCallback(onFrame);
  };
  video.requestVideoFrameCallback(onFrame);
}`;
