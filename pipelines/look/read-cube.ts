/** Reads a look's file, and says in which line it is wrong. */
import { errnoOf } from '../../hal/os/errors.ts';
import { readRegular } from '../../hal/os/files/read-regular.ts';
import { messageOf } from '../../hal/os/log.ts';
import { CUBE_MAX_BYTES, type Cube, parseCube } from './cube.ts';

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  ENOTDIR: 'is not there',
  EACCES: 'may not be read by this user; the box’s own is venuebox',
};

/** The table in a file, or one line that says what is wrong and where. */
export function readCube(path: string): Cube | { readonly fault: string } {
  try {
    const cube = parseCube(readRegular(path, CUBE_MAX_BYTES).toString());
    return 'reason' in cube ? { fault: `${path}:${cube.line}: ${cube.reason}` } : cube;
  } catch (error) {
    const errno = errnoOf(error);
    return { fault: `${path} ${WHY[errno ?? ''] ?? messageOf(error)}` };
  }
}
