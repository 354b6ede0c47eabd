/** Makes a picture smaller, in a process that ends with it; what it has made goes to stdout, as JSON. */
import { writeFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { errnoOf } from '../../hal/os/errors.ts';
import { NotRegular, readRegular } from '../../hal/os/files/read-regular.ts';
import { messageOf } from '../../hal/os/log.ts';
import { makePoster } from '../clips/poster.ts';
import { SOURCE_BYTES_MAX, SOURCE_PIXELS_MAX } from '../player/pictures/picture-file.ts';
import { asJpeg, fitOf, fitPicture, PICTURE_FAULT } from './fit-picture.ts';
import type { GreySize, MadeFile, VariantsJob } from './make-variants.ts';

/** It may run while a drop is live. */
const NICENESS = 15;
/** No variant is larger. */
const SIDE_MAX_PX = 1_920;

// Of what hosts have; an SVG could name other files.
sharp.block({ operation: ['VipsForeignLoad'] });
const DECODERS = ['Jpeg', 'Png', 'Webp'].map((format) => `VipsForeignLoad${format}`);
sharp.unblock({ operation: DECODERS });

async function run(job: VariantsJob): Promise<readonly (MadeFile | GreySize)[]> {
  const { folder, source, shrunk, grey } = job;

  // Read once: the file may be replaced meanwhile, by a larger one or by what is no file.
  const bytes = readRegular(source, SOURCE_BYTES_MAX);
  // Turned upright first: what is made of it has no EXIF any more.
  const decode = () => sharp(bytes, { limitInputPixels: SOURCE_PIXELS_MAX, pages: 1 }).autoOrient();
  if (grey !== undefined) {
    sharp.unblock({ operation: ['VipsForeignLoadSvg'] });
    const { data, info } = await decode()
      .flatten({ background: '#fff' })
      .resize({ width: grey.widthPx, height: grey.heightPx, fit: 'inside' })
      .greyscale()
      // Thermal paper swallows the middle tones.
      .gamma(1.4)
      .raw()
      .toBuffer({ resolveWithObject: true });
    await writeFile(join(folder, grey.name), data, { mode: 0o600 });
    return [{ widthPx: info.width, heightPx: info.height }];
  }
  if (shrunk !== undefined) {
    const { name, ...size } = shrunk;
    const small = await fitPicture(decode, fitOf(size), asJpeg);
    if (small === undefined) throw new Error('it has too much detail');
    await writeFile(join(folder, name), small, { mode: 0o600 });
    return [];
  }
  const upright = await decode()
    .resize({ width: SIDE_MAX_PX, height: SIDE_MAX_PX, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#000' })
    .png({ compressionLevel: 1 })
    .toBuffer();
  const { files } = await makePoster(upright, folder);
  return files.map(({ format, widthPx, heightPx, name }) => ({ format, widthPx, heightPx, name }));
}

setPriority(NICENESS);
try {
  const made = await run(JSON.parse(process.argv[2] ?? '{}') as VariantsJob);
  process.stdout.write(JSON.stringify(made));
} catch (error) {
  process.stderr.write(`Error: ${messageOf(error)}\n`);
  process.exitCode = isPassing(error) ? 1 : PICTURE_FAULT;
}

/** Of the disk, of memory, or of a file that another one may replace. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof NotRegular || errnoOf(error) !== undefined || /memory/i.test(messageOf(error))
  );
}
