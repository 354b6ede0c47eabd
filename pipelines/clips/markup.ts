import { mediaTypeOf, PICTURE_FORMATS } from './accept.ts';
import type { Poster } from './poster.ts';

/**
 * A `<picture>` that a page can hold as it is: every size in every format under
 * its immutable name, the smallest format that the browser knows first.
 *
 * @param base Where the files are, for example `/posters/`.
 * @param sizes As in HTML, for example `(max-width: 640px) 100vw, 640px`.
 */
export function renderPicture(poster: Poster, base: string, alt: string, sizes: string): string {
  const srcset = (format: string) =>
    poster.files
      .filter((file) => file.format === format)
      .map(({ name, widthPx }) => `${base}${name} ${widthPx}w`)
      .join(', ');
  const sources = PICTURE_FORMATS.filter((format) => format !== 'jpeg').map(
    (format) =>
      `<source type="${mediaTypeOf(format)}" srcset="${escapeHtml(srcset(format))}" sizes="${escapeHtml(sizes)}">`,
  );
  const fallback = poster.files.findLast(({ format }) => format === 'jpeg');
  const image = `<img src="${escapeHtml(base + (fallback?.name ?? ''))}" srcset="${escapeHtml(srcset('jpeg'))}" sizes="${escapeHtml(sizes)}" width="${poster.widthPx}" height="${poster.heightPx}" alt="${escapeHtml(alt)}">`;
  return `<picture>${sources.join('')}${image}</picture>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
