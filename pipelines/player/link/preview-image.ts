/** The picture in a preview of a link, and of a page before its film plays. Pure. */
import type { Branding } from '../brand/branding.ts';
import type { DropProgress, VariantOnPage } from '../drop-json.ts';
import type { PreviewImage } from './preview.ts';

/**
 * The show as it is, or was; before the drop the picture that it is announced with.
 *
 * @param variantsOf Of a title picture.
 */
export function previewImage(
  { shown, posters, liveSince, isOver }: DropProgress,
  { picture: venues }: Branding,
  variantsOf: (path: string) => readonly VariantOnPage[],
): PreviewImage | undefined {
  const picture = shown?.picture ?? venues?.path;
  const poster = posters.at(-1)?.path;
  const path = liveSince === '' && !isOver ? (picture ?? poster) : (poster ?? picture);
  if (path === undefined) return undefined;
  // What makes previews may know neither AVIF nor WebP, and refuses pictures of some hundred KB.
  const jpegs = variantsOf(path).filter(({ type }) => type === 'image/jpeg');
  return jpegs.at(-1) ?? { path };
}
