/** Files of coming drops, which the crew sends from its own device: pictures, made small, and looks. */
import { createHash } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '../../../hal/os/log.ts';
import { removeFile, saveFile, systemDisk } from '../../../hal/os/save-file.ts';
import { checkLook } from '../../../pipelines/look/look-file.ts';
import { ITEM_SIZE, TITLE_SIZE } from '../../../pipelines/player/pictures/picture-file.ts';
import { fitOf } from '../../../pipelines/variants/fit-picture.ts';
import { BrandingUploadError, NOT_SAVED, shrink } from './branding-store.ts';

export type DropFileKind = 'picture' | 'cube';

/** The same for a drop and for its items. */
const PICTURE = fitOf({ ...TITLE_SIZE, maxBytes: ITEM_SIZE.maxBytes });
const STEM_MAX = 40;

/**
 * Returns its name for drops.yaml, relative to the state folder. Rejects with BrandingUploadError.
 *
 * @param name As the file is called where it comes from.
 */
export async function saveDropFile(
  stateFolder: string,
  kind: DropFileKind,
  name: string,
  bytes: Buffer,
): Promise<string> {
  const content = kind === 'picture' ? await shrink(PICTURE, bytes) : bytes;
  // Named by its content too: what another drop has is not replaced.
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 8);
  const ending = kind === 'picture' ? 'jpg' : 'cube';
  const file = `${kind === 'picture' ? 'pictures' : 'looks'}/${stemOf(name)}${hash}.${ending}`;
  const path = join(stateFolder, file);
  const found = await lstat(path).catch(() => undefined);
  // A drop that is on may use it: with another time of change its table would be built again.
  if (found?.isFile() === true) return file;
  if (kind === 'picture') await orNotSaved(saveFile(path, content));
  else await saveLook(path, name, content);
  return file;
}

/** Nothing is at `path` until it was checked. */
async function saveLook(path: string, name: string, content: Buffer): Promise<void> {
  const unchecked = `${path}.unchecked`;
  await orNotSaved(saveFile(unchecked, content));
  try {
    await checkLook({ look: { cubeFile: unchecked }, strength: 1, matrix: 'bt709' });
  } catch (cause) {
    await removeFile(unchecked).catch(() => undefined);
    // By the name that its sender knows.
    throw new BrandingUploadError(messageOf(cause).replace(unchecked, name), { cause });
  }
  await orNotSaved(systemDisk.rename(unchecked, path));
  await orNotSaved(systemDisk.syncFolder(dirname(path)));
}

async function orNotSaved(work: Promise<void>): Promise<void> {
  await work.catch((cause: unknown) => {
    throw new BrandingUploadError(NOT_SAVED, { cause });
  });
}

/** Letters, digits and hyphens, so that a person knows it again. */
function stemOf(name: string): string {
  const stem = name.replace(/\.[^.]*$/, '').normalize('NFKD');
  const plain = stem.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '');
  return plain === '' ? '' : `${plain.toLowerCase().slice(0, STEM_MAX)}-`;
}
