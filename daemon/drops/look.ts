/** The look of a coming drop: what the page shows of it, and whether its file can be used. */
import { resolve } from 'node:path';
import { messageOf } from '../../hal/os/log.ts';
import { checkLook } from '../../pipelines/look/look-file.ts';
import type { PlannedDrop } from '../config/drop-list/parse.ts';
import type { PlannedLook } from '../model/planned-drops.ts';

export function plannedLook({
  name,
  cube_file: cubeFile,
  strength,
}: NonNullable<PlannedDrop['look']>): PlannedLook {
  return { name, cubeFile, strength };
}

/** What is wrong with the file of a drop's look, with its line; undefined where nothing is. */
export function lookFaultIn(stateFolder: string) {
  return async ({ look }: PlannedDrop): Promise<string | undefined> => {
    if (look === undefined || look.cube_file === '') return undefined;
    const cubeFile = resolve(stateFolder, look.cube_file);
    try {
      await checkLook({ look: { cubeFile }, strength: look.strength, matrix: 'bt709' });
      return undefined;
    } catch (error) {
      return `look.cube_file: ${messageOf(error)}`;
    }
  };
}
