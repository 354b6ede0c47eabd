/** `codes`: how many frames a phone can read the code in, at 300 kb/s over a noisy picture. */
import { readEncodedCodes } from '../../../test/support/media/encoded-codes.ts';
import type { Figure } from '../machine.ts';

const RENDITIONS = [
  { width: 1280, height: 720 },
  { width: 854, height: 480 },
  { width: 640, height: 360 },
];
const FRAMES = 150;

export async function benchCodes(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const speed of ['superfast', 'ultrafast'] as const) {
    const reads = await readEncodedCodes({
      ...{ frames: FRAMES, bitrateBps: 300_000, speed, sizePct: 22 },
      link: 'https://shop.example.org/poster',
      picture: { widthPx: 1280, heightPx: 720 },
      renditions: RENDITIONS,
    });
    for (const { rendition, frames, modulePx, ...counts } of reads) {
      for (const [decoder, read] of Object.entries(counts)) {
        const name = `${rendition} ${speed}, modules of ${modulePx.toFixed(1)} px, ${decoder}`;
        const value = `${((read * 100) / frames).toFixed(1)} % of ${frames} frames`;
        figures.push({ name, value, goal: '>= 99 %' });
      }
    }
  }
  return figures;
}
