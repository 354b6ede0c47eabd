/** The picture behind the cover: the drop's own, or the last of the stream. Pure. */
import type { DropJson } from '../drop-json.ts';

export interface Still {
  /** The same picture has the same. */
  readonly key: string;
  /** By type, the browser's choice in this order. */
  readonly sources: readonly { readonly type: string; readonly srcset: string }[];
  /** Of what every browser shows; empty for no picture. */
  readonly srcset: string;
}

/** @param drop An older box reports less. */
export function stillOf({
  picture,
  variants = [],
  isOver = false,
  posters = [],
}: Partial<Pick<DropJson, 'picture' | 'variants' | 'isOver' | 'posters'>>): Still {
  // The box sends posters as AVIF, WebP or JPEG, by what the browser accepts.
  if (picture === undefined || isOver) {
    const srcset = srcsetOf(posters);
    return { key: srcset, sources: [], srcset };
  }
  if (variants.length === 0) return { key: picture, sources: [], srcset: picture };
  const types = [...new Set(variants.map(({ type }) => type))];
  const sources = types.map((type) => ({
    type,
    srcset: srcsetOf(variants.filter((variant) => variant.type === type)),
  }));
  const srcset = sources.at(-1)?.srcset ?? picture;
  return { key: picture, sources: sources.slice(0, -1), srcset };
}

function srcsetOf(pictures: readonly { readonly path: string; readonly widthPx: number }[]) {
  return pictures.map(({ path, widthPx }) => `${path} ${widthPx}w`).join(', ');
}
