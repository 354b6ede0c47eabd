/** Where code, title and lower third stand in the picture. Pure. */
import type { Area } from './sprite.ts';

export const CORNERS = ['top-left', 'top-right', 'bottom-left', 'bottom-right'] as const;
export type Corner = (typeof CORNERS)[number];

export interface PictureSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** From the edges of the picture, as a share of its shorter side: televisions cut some of it off. */
const MARGIN = 0.04;

export function marginPx({ widthPx, heightPx }: PictureSize): number {
  return even(Math.min(widthPx, heightPx) * MARGIN);
}

/** A rectangle in a corner. */
export function placeIn(corner: Corner, size: PictureSize, picture: PictureSize): Area {
  const margin = marginPx(picture);
  const isLeft = corner.endsWith('left');
  const isTop = corner.startsWith('top');
  const leftPx = isLeft ? margin : even(picture.widthPx - margin - size.widthPx);
  const topPx = isTop ? margin : even(picture.heightPx - margin - size.heightPx);
  return { ...size, leftPx: Math.max(0, leftPx), topPx: Math.max(0, topPx) };
}

/** Where texts stand beside a code: each on the side that the code leaves free. */
export function cornersBeside(code: Corner | undefined): {
  readonly title: Corner;
  readonly lowerThird: Corner;
} {
  return {
    title: code === 'top-left' ? 'top-right' : 'top-left',
    lowerThird: code === 'bottom-left' ? 'bottom-right' : 'bottom-left',
  };
}

/** The widest that a text may be, beside a code of this side. */
export function textWidthPx(picture: PictureSize, codeSidePx: number): number {
  const margin = marginPx(picture);
  const besideCode = picture.widthPx - 3 * margin - codeSidePx;
  return even(Math.max(0, Math.min(besideCode, picture.widthPx - 2 * margin)));
}

/** The next lower even number. */
function even(px: number): number {
  return Math.floor(px / 2) * 2;
}
