/** All that is drawn over the picture at one time: the code, a title and a lower third. */
import { codeSprite, type WantedCode } from './code-sprite.ts';
import { cornersBeside, type PictureSize, textWidthPx } from './layout.ts';
import type { Area, Sprite } from './sprite.ts';
import { type PlateLine, textSprite } from './text-sprite.ts';

export interface WantedOverlay {
  /** Undefined for none. */
  readonly code: WantedCode | undefined;
  /** Empty for none, as of the others. */
  readonly title: string;
  /** The lower third: who plays, and a line below. */
  readonly name: string;
  readonly line: string;
}

export interface DrawnOverlay {
  readonly sprites: readonly Sprite[];
  /** Where the code is; undefined where there is none. */
  readonly codeArea: Area | undefined;
  /** Why a text could not be drawn. */
  readonly textFault: unknown;
}

const TITLE = { size: 0.05, isBold: true };
const NAME = { size: 0.055, isBold: true };
const LINE = { size: 0.038, isBold: false };

/** Never rejects. */
export async function drawOverlay(
  { code, title, name, line }: WantedOverlay,
  picture: PictureSize,
): Promise<DrawnOverlay> {
  const drawn = code && codeSprite(code, picture);
  const corners = cornersBeside(code?.corner);
  const widthPx = textWidthPx(picture, drawn?.widthPx ?? 0);
  const plates: readonly [corner: typeof corners.title, lines: readonly PlateLine[]][] = [
    [corners.title, [{ text: title, ...TITLE }]],
    [
      corners.lowerThird,
      [
        { text: name, ...NAME },
        { text: line, ...LINE },
      ],
    ],
  ];
  const texts = await Promise.allSettled(
    plates.map(([corner, lines]) => textSprite(lines, { corner, widthPx }, picture)),
  );
  const sprites = texts.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : []));
  const textFault = texts.find((one) => one.status === 'rejected')?.reason;
  if (drawn === undefined) return { sprites, codeArea: undefined, textFault };
  const { luma: _, ...codeArea } = drawn;
  // The code last: it is above all.
  return { sprites: [...sprites, drawn], codeArea, textFault };
}
