/**
 * Writes the picture of folders and imports into the README beside it:
 *
 *     node --import tsx scripts/structure/write-picture.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { insertPicture, STRUCTURE_README } from './picture.ts';

writeFileSync(STRUCTURE_README, insertPicture(readFileSync(STRUCTURE_README, 'utf8')));
