/** A picture file that a host names: of a drop, of something that is sold, of the venue. */
import { NotRegular, readRegular } from '../../../hal/os/files/read-regular.ts';

export const PICTURE_TYPES = [
  { ending: 'png', type: 'image/png', magic: /^\x89PNG\r\n/ },
  { ending: 'jpg', type: 'image/jpeg', magic: /^\xff\xd8\xff/ },
  { ending: 'webp', type: 'image/webp', magic: /^RIFF[\s\S]{4}WEBP/ },
] as const;

export const PICTURE_BYTES_MAX = 2 * 1024 * 1024;
/** What is sent to guests; a larger file is made smaller than both. */
export const TITLE_SIZE = { maxBytes: PICTURE_BYTES_MAX, sidePx: 1_920 } as const;
/** A catalogue has up to twenty of them, on phones with little data. */
export const ITEM_SIZE = { maxBytes: 512 * 1024, sidePx: 640 } as const;
/** Phones' photographs have up to 25 MB. */
export const SOURCE_BYTES_MAX = 32 * 1024 * 1024;
/** A phone's largest photographs; a small file may claim to be of any size. */
export const SOURCE_PIXELS_MAX = 64e6;

export interface PictureFile {
  readonly ending: string;
  readonly type: string;
  readonly bytes: Buffer;
}

const NO_PICTURE = 'is no picture that guests can see: save it as JPEG, PNG or WebP';

/** Why guests do not see it, and what to do. */
export class PictureError extends Error {}

/**
 * By its content, whatever its name ends in.
 *
 * @throws PictureError
 */
export function readPictureFile(path: string, maxBytes: number): PictureFile {
  const bytes = readBytes(path, maxBytes);
  const head = bytes.subarray(0, 12).toString('latin1');
  const found = PICTURE_TYPES.find(({ magic }) => magic.test(head));
  if (found === undefined) {
    throw new PictureError(NO_PICTURE);
  }
  return { ending: found.ending, type: found.type, bytes };
}

function readBytes(path: string, maxBytes: number): Buffer {
  try {
    return readRegular(path, maxBytes);
  } catch (cause) {
    if (cause instanceof NotRegular) {
      const most = SOURCE_BYTES_MAX / 1_048_576;
      throw new PictureError(`${cause.message}: use a picture of ${most} MB at most`, { cause });
    }
    const isGone = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new PictureError(isGone ? 'is not there' : 'cannot be read', { cause });
  }
}
