/** `venuebox repair`: truncates a recording that ends inside a fragment, so that any player opens it. */
import { basename, dirname, resolve } from 'node:path';
import { HalError } from '../../hal/os/errors.ts';
import { lockFolder } from '../../hal/os/folder-lock.ts';
import { messageOf } from '../../hal/os/log.ts';
import { repairByJournal } from '../../pipelines/recording/files/repair.ts';
import { repairMovie } from '../../pipelines/recording/files/repair-movie.ts';

/** @throws HalError where it is no recording, or is being written. */
export async function runRepairCommand({ file }: { readonly file: string }): Promise<string> {
  const path = resolve(file);
  const folder = dirname(path);
  if (!(await lockFolder('recorder', folder))) {
    const reason = 'the box is running: it repairs the recordings of this folder itself';
    throw new HalError('DEVICE_BUSY', `${path}: ${reason}`);
  }
  try {
    const listed = await repairByJournal(folder, basename(path, '.mp4'));
    const { fragments, bytes, lostBytes, skippedBytes } = listed ?? (await repairMovie(path));
    const cut = lostBytes === 0 ? 'nothing had to be cut off' : `${lostBytes} bytes were cut off`;
    const skipped = skippedBytes === 0 ? '' : `; ${skippedBytes} damaged bytes are skipped`;
    return `${path}: ${fragments} fragments, ${bytes} bytes; ${cut}${skipped}\n`;
  } catch (cause) {
    throw new HalError('IO', `not repaired: ${messageOf(cause)}`, { cause });
  }
}
