/** The venue's look: colours, logo and title picture, from the files of folders. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '../../../hal/os/files/json.ts';
import { NotRegular, readRegular } from '../../../hal/os/files/read-regular.ts';
import { type Log, messageOf } from '../../../hal/os/log.ts';
import { PICTURE_BYTES_MAX, PICTURE_TYPES } from '../pictures/picture-file.ts';
import { BrandingError, COLORS_FILE, type Colors, checkColors, renderColors } from './colors.ts';

export interface BrandFile {
  /** Relative to the live page; derived from the content. */
  readonly path: string;
  readonly type: string;
  readonly bytes: Buffer;
}

export interface Branding {
  readonly colors?: Colors;
  /** A style sheet after the page's own; empty for the page's own colours. */
  readonly style: string;
  readonly logo?: BrandFile;
  /** Before the drop, and in previews of the link. */
  readonly picture?: BrandFile;
}

/** What the crew uploads lies beside the box's state. */
export function uploadsFolder(stateFolder: string): string {
  return join(stateFolder, 'branding');
}

export const NO_BRANDING: Branding = { style: '' };

const COLORS_MAX_BYTES = 4_096;
export const LOGO_MAX_BYTES = 200 * 1024;

/** Every name that a look's file may have. */
export const BRAND_FILES: readonly string[] = [
  COLORS_FILE,
  ...['logo', 'title'].flatMap((name) => PICTURE_TYPES.map(({ ending }) => `${name}.${ending}`)),
];

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
  const colors = readColors(folder);
  const logo = readPicture(folder, 'logo', LOGO_MAX_BYTES);
  const picture = readPicture(folder, 'title', PICTURE_BYTES_MAX);
  return {
    ...(colors && { colors }),
    style: colors === undefined ? '' : renderColors(colors),
    ...(logo && { logo }),
    ...(picture && { picture }),
  };
}

/** What the crew has uploaded: a folder that is made with the first upload. @throws BrandingError */
export function readUploads(folder: string): Branding {
  if (folder === '' || statSync(folder, { throwIfNoEntry: false }) === undefined)
    return NO_BRANDING;
  return readBranding(folder);
}

/** What is uploaded wins over the config's, piece by piece. */
export function joinBranding(config: Branding, uploads: Branding): Branding {
  return { ...config, ...uploads, style: uploads.style === '' ? config.style : uploads.style };
}

/** The same for a process that serves on without it: what is wrong is logged. */
export function orNone(
  read: (folder: string) => Branding,
  folder: string,
  log: Pick<Log, 'warn'>,
): Branding {
  try {
    return read(folder);
  } catch (error) {
    log.warn('branding not used', { folder, reason: messageOf(error) });
    return NO_BRANDING;
  }
}

function readColors(folder: string): Colors | undefined {
  const json = readFile(folder, COLORS_FILE, COLORS_MAX_BYTES);
  if (json === undefined) return undefined;
  try {
    return checkColors(parseJson(json.toString()));
  } catch (cause) {
    throw new BrandingError(`${COLORS_FILE}: ${messageOf(cause)}`, { cause });
  }
}

function readPicture(folder: string, name: string, maxBytes: number): BrandFile | undefined {
  for (const { ending, type, magic } of PICTURE_TYPES) {
    const file = `${name}.${ending}`;
    const bytes = readFile(folder, file, maxBytes);
    if (bytes === undefined) continue;
    if (magic.test(bytes.subarray(0, 12).toString('latin1'))) {
      const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
      return { path: `brand/${name}-${digest}.${ending}`, type, bytes };
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
