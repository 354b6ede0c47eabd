/** The venue's look: colours, logo and title picture, from the files of a folder. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { NotRegular, readRegular } from '../../hal/os/files/read-regular.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { PICTURE_BYTES_MAX, PICTURE_TYPES } from './pictures/picture-file.ts';

export interface BrandFile {
  /** Relative to the live page. */
  readonly path: string;
  readonly type: string;
  readonly bytes: Buffer;
}

export interface Branding {
  /** A style sheet after the page's own; empty for the page's own colours. */
  readonly style: string;
  readonly logo?: BrandFile;
  /** Before the drop, and in previews of the link. */
  readonly picture?: BrandFile;
}

export const NO_BRANDING: Branding = { style: '' };

/** What is wrong with a file of the folder, and what to do. */
export class BrandingError extends Error {}

const COLORS = 'colors.json';
const COLORS_MAX_BYTES = 4_096;
const LOGO_MAX_BYTES = 200 * 1024;
/** WCAG 2.2, 1.4.3: of text and its background. */
const CONTRAST_MIN = 4.5;

const color = v.pipe(v.string(), v.regex(/^#[\da-f]{6}$/i, 'must be a colour like #1a2b3c'));
const colorsSchema = v.strictObject({ background: color, text: color, accent: color });

/**
 * Each file may be missing: `colors.json`, `logo.png` and `title.jpg` (also `.webp` and the
 * other's ending).
 *
 * @throws BrandingError
 */
export function readBranding(folder: string): Branding {
  if (folder === '') return NO_BRANDING;
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new BrandingError(`${folder} is not a folder`);
  }
  const colors = readFile(folder, COLORS, COLORS_MAX_BYTES);
  const logo = readPicture(folder, 'logo', LOGO_MAX_BYTES);
  const picture = readPicture(folder, 'title', PICTURE_BYTES_MAX);
  const style = colors === undefined ? '' : renderColors(colors.toString());
  return { style, ...(logo && { logo }), ...(picture && { picture }) };
}

/** The same for a process that serves on without it: what is wrong is logged. */
export function openBranding(folder: string | undefined, log: Pick<Log, 'warn'>): Branding {
  try {
    return readBranding(folder ?? '');
  } catch (error) {
    log.warn('branding not used', { folder: folder ?? '', reason: messageOf(error) });
    return NO_BRANDING;
  }
}

function readPicture(folder: string, name: string, maxBytes: number): BrandFile | undefined {
  for (const { ending, type, magic } of PICTURE_TYPES) {
    const file = `${name}.${ending}`;
    const bytes = readFile(folder, file, maxBytes);
    if (bytes === undefined) continue;
    if (magic.test(bytes.subarray(0, 12).toString('latin1'))) {
      return { path: `brand-${file}`, type, bytes };
    }
    throw new BrandingError(`${file} is not a picture of type ${type}: save it as one`);
  }
  return undefined;
}

/** undefined where there is none. */
function readFile(folder: string, name: string, maxBytes: number): Buffer | undefined {
  try {
    return readRegular(join(folder, name), maxBytes);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    const why = cause instanceof NotRegular ? cause.message : 'cannot be read';
    throw new BrandingError(`${name} ${why}`, { cause });
  }
}

function renderColors(json: string): string {
  const parsed = v.safeParse(colorsSchema, parseJson(json));
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const key = v.getDotPath(issue) ?? 'it';
    throw new BrandingError(`${COLORS}: ${key} ${issue.message}; it has background, text, accent`);
  }
  const { background, text, accent } = parsed.output;
  for (const [name, of] of [
    ['text', text],
    ['accent', accent],
  ] as const) {
    const contrast = contrastOf(of, background);
    if (contrast < CONTRAST_MIN) {
      const figure = contrast.toFixed(1);
      throw new BrandingError(
        `${COLORS}: ${name} on background has a contrast of ${figure}, and needs ${CONTRAST_MIN}: choose one that is lighter or darker`,
      );
    }
  }
  const onAccent =
    contrastOf('#ffffff', accent) > contrastOf('#17131f', accent) ? '#fff' : '#17131f';
  const scheme = luminanceOf(background) > 0.2 ? 'light' : 'dark';
  return `:root{color-scheme:${scheme};--back:${background};--text:${text};--quiet:${text};--line:${text}55;--action:${accent};--on-action:${onAccent}}\n`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** WCAG 2.2, contrast ratio. */
function contrastOf(a: string, b: string): number {
  const [darker = 0, lighter = 0] = [luminanceOf(a), luminanceOf(b)].sort((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
}

/** WCAG 2.2, relative luminance of `#rrggbb`. */
function luminanceOf(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
