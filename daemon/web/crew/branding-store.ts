/** The branding that the crew uploads: checked by decoding, made small, and saved beside the box's state. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Sharp } from 'sharp';
import { readRegular } from '../../../hal/os/files/read-regular.ts';
import { removeFile, saveFile } from '../../../hal/os/save-file.ts';
import {
  type BrandFile,
  type Branding,
  joinBranding,
  LOGO_MAX_BYTES,
  readBranding,
  readUploads,
} from '../../../pipelines/player/brand/branding.ts';
import { COLORS_FILE, checkColors } from '../../../pipelines/player/brand/colors.ts';
import {
  PICTURE_BYTES_MAX,
  PICTURE_TYPES,
  SOURCE_PIXELS_MAX,
  TITLE_SIZE,
} from '../../../pipelines/player/pictures/picture-file.ts';
import { asJpeg, type Fit, fitOf, fitPicture } from '../../../pipelines/variants/fit-picture.ts';

const PARTS = ['colors', 'logo', 'title'] as const;
export type BrandingPart = (typeof PARTS)[number];

/** What is wrong with an upload, for the person who made it. */
export class BrandingUploadError extends Error {}

const PIXELS_MIN = 16;

/** What a picture is made to fit into. */
interface PictureSize extends Fit {
  /** Else a JPEG. */
  readonly isPng?: boolean;
}

const PICTURES = {
  logo: { name: 'logo.png', widthPx: 640, heightPx: 320, maxBytes: LOGO_MAX_BYTES, isPng: true },
  title: { name: 'title.jpg', ...fitOf(TITLE_SIZE) },
} as const;

const NAMES = { colors: COLORS_FILE, logo: PICTURES.logo.name, title: PICTURES.title.name };

export class BrandingStore {
  readonly #uploads: string;
  readonly #config: () => string;

  /** @param uploads Folder, which is made when it is needed. @param config Folder of the config; empty: none. */
  constructor(uploads: string, config: () => string) {
    this.#uploads = uploads;
    this.#config = config;
  }

  /** Whose each part is, and what guests see of it. */
  state() {
    const uploads = orEmpty(readUploads, this.#uploads);
    const shown = joinBranding(orEmpty(readBranding, this.#config()), uploads);
    const pictureOf = (file: BrandFile | undefined) => file && { path: file.path };
    return {
      colors: shown.colors ?? null,
      logo: pictureOf(shown.logo) ?? null,
      title: pictureOf(shown.picture) ?? null,
      uploaded: [
        ...(uploads.colors ? (['colors'] as const) : []),
        ...(uploads.logo ? (['logo'] as const) : []),
        ...(uploads.picture ? (['title'] as const) : []),
      ],
      undoable: PARTS.filter((part) => existsSync(this.#before(part))),
    };
  }

  /** The picture that guests see. */
  picture(part: 'logo' | 'title'): BrandFile | undefined {
    const uploads = orEmpty(readUploads, this.#uploads);
    const { logo, picture } = joinBranding(orEmpty(readBranding, this.#config()), uploads);
    return part === 'logo' ? logo : picture;
  }

  /** Rejects with BrandingUploadError, or with BrandingError where the colours cannot be read. */
  async setColors(value: unknown): Promise<void> {
    await this.#replace('colors', Buffer.from(`${JSON.stringify(checkColors(value))}\n`));
  }

  /** Rejects with BrandingUploadError. */
  async setPicture(part: 'logo' | 'title', bytes: Buffer): Promise<void> {
    await this.#replace(part, await shrink(PICTURES[part], bytes));
  }

  /** The config's is shown again, or none. Rejects with BrandingUploadError. */
  async remove(part: BrandingPart): Promise<void> {
    if (existsSync(this.#file(part))) await this.#replace(part, NOTHING);
  }

  /** As it was before the last change; the same again takes that back. Rejects with BrandingUploadError. */
  async undo(part: BrandingPart): Promise<void> {
    if (existsSync(this.#before(part))) await this.#replace(part, read(this.#before(part)));
  }

  #file(part: BrandingPart): string {
    return join(this.#uploads, NAMES[part]);
  }

  #before(part: BrandingPart): string {
    return join(this.#uploads, 'before', NAMES[part]);
  }

  /** What was there before is saved first. */
  async #replace(part: BrandingPart, content: Buffer): Promise<void> {
    const file = this.#file(part);
    try {
      await saveFile(this.#before(part), existsSync(file) ? read(file) : NOTHING);
      if (content.length > 0) await saveFile(file, content);
      else await removeFile(file);
    } catch (cause) {
      throw new BrandingUploadError(NOT_SAVED, { cause });
    }
  }
}

/** What lies in place of a file that was not there. */
const NOTHING: Buffer = Buffer.alloc(0);

function read(path: string): Buffer {
  return readRegular(path, PICTURE_BYTES_MAX);
}

export const NOT_SAVED = 'the box cannot save that: its disk is full or write-protected';
const NO_PICTURE = 'this is no picture: choose a PNG, JPEG or WebP file';

/** Decoded and encoded again: upright, no larger than needed, and without EXIF (place, device). */
export async function shrink(size: PictureSize, bytes: Buffer): Promise<Buffer> {
  const start = bytes.subarray(0, 12).toString('latin1');
  // Only these decoders ever see the bytes: an SVG could name other files.
  if (!PICTURE_TYPES.some(({ magic }) => magic.test(start)))
    throw new BrandingUploadError(NO_PICTURE);
  const { default: sharp } = await import('sharp');
  const decode = () =>
    sharp(bytes, { limitInputPixels: SOURCE_PIXELS_MAX, failOn: 'error', pages: 1 }).autoOrient();
  try {
    const { width, height } = await decode().metadata();
    if (width * height > SOURCE_PIXELS_MAX)
      throw new BrandingUploadError('the picture has too many pixels');
    if (width < PIXELS_MIN || height < PIXELS_MIN)
      throw new BrandingUploadError('the picture is too small');
    const written = await fitPicture(decode, size, size.isPng === true ? asPng : asJpeg);
    if (written !== undefined) return written;
  } catch (error) {
    if (error instanceof BrandingUploadError) throw error;
    throw new BrandingUploadError(NO_PICTURE, { cause: error });
  }
  throw new BrandingUploadError('the picture is too detailed: choose another');
}

function asPng(picture: Sharp): Sharp {
  return picture.png({ compressionLevel: 9, palette: true });
}

/** What the config's folder has wrong is no reason not to show the rest: guests see it so, too. */
function orEmpty(readBranding: (folder: string) => Branding, folder: string): Branding {
  try {
    return readBranding(folder);
  } catch {
    return { style: '' };
  }
}
