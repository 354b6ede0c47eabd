/**
 * Writes the picture of folders and imports into the README:
 *
 *     node --import tsx scripts/structure/write-picture.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { insertPicture } from './picture.ts';

writeFileSync('README.md', insertPicture(readFileSync('README.md', 'utf8')));
