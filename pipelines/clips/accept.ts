/** Chooses among picture formats by `Accept` (RFC 9110 §12.5.1). */

export type PictureFormat = 'avif' | 'webp' | 'jpeg';

/** Smallest first: of formats with the same quality value the first is sent. */
export const PICTURE_FORMATS: readonly PictureFormat[] = ['avif', 'webp', 'jpeg'];

export const mediaTypeOf = (format: PictureFormat): string => `image/${format}`;

interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  readonly quality: number;
}

const ACCEPT_MAX_CHARS = 2_048;
const RANGES_MAX = 64;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/**
 * The format to send; undefined where the browser refuses all of them (406).
 *
 * Browsers that know AVIF or WebP name them; those that send only wildcards, as `<img>`
 * of old Safari does, get JPEG.
 */
export function chooseFormat(
  accept: string | undefined,
  available: readonly PictureFormat[] = PICTURE_FORMATS,
): PictureFormat | undefined {
  const ranges = parseAccept(accept ?? '*/*');
  let best: { readonly format: PictureFormat; readonly quality: number } | undefined;
  for (const format of PICTURE_FORMATS) {
    if (!available.includes(format)) continue;
    const quality = qualityOf(format, ranges);
    if (quality > (best?.quality ?? 0)) best = { format, quality };
  }
  return best?.format;
}

function qualityOf(format: PictureFormat, ranges: readonly MediaRange[]): number {
  const named = ranges.filter(({ type, subtype }) => type === 'image' && subtype === format);
  if (named.length > 0) return highest(named);
  const images = ranges.filter(({ type, subtype }) => type === 'image' && subtype === '*');
  const any = ranges.filter(({ type }) => type === '*');
  const wildcard = images.length > 0 ? highest(images) : highest(any);
  // A wildcard promises only JPEG.
  return format === 'jpeg' ? wildcard : 0;
}

function highest(ranges: readonly MediaRange[]): number {
  return Math.max(0, ...ranges.map(({ quality }) => quality));
}

/** Malformed items are left out; a header without any other accepts anything. */
function parseAccept(accept: string): readonly MediaRange[] {
  const items = accept.slice(0, ACCEPT_MAX_CHARS).toLowerCase().split(',').slice(0, RANGES_MAX);
  const ranges = items.flatMap((item) => parseRange(item) ?? []);
  return ranges.length > 0 ? ranges : [{ type: '*', subtype: '*', quality: 1 }];
}

function parseRange(item: string): MediaRange | undefined {
  const [range = '', ...parameters] = item.split(';').map((text) => text.trim());
  const [type = '', subtype = '', ...more] = range.split('/');
  if (!TOKEN.test(type) || !TOKEN.test(subtype) || more.length > 0) return undefined;
  if (type === '*' && subtype !== '*') return undefined;
  const weight = parameters.find((parameter) => /^q\s*=/.test(parameter));
  const quality = weight === undefined ? 1 : parseQuality(weight);
  return quality === undefined ? undefined : { type, subtype, quality };
}

/** `0`, `1` and up to three places between them (RFC 9110 §12.4.2). */
function parseQuality(parameter: string): number | undefined {
  const digits = parameter.slice(parameter.indexOf('=') + 1).trim();
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(digits) ? Number(digits) : undefined;
}
