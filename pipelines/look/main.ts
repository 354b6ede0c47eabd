/** Reads a look and builds its table, in a process that ends with it; what is wrong goes to stdout, in one line. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { messageOf } from '../../hal/os/log.ts';
import { type LookUp, lookUpIn, withStrength } from './apply.ts';
import type { LookSettings, TableJob } from './look-file.ts';
import { ownLook } from './own-looks.ts';
import { readCube } from './read-cube.ts';
import { buildTable } from './table.ts';

/** It may be built while a drop is live. */
const NICENESS = 10;

async function run({ look, strength, matrix, tableFile }: TableJob): Promise<string | undefined> {
  const found = find(look);
  if (typeof found === 'string' || tableFile === undefined) {
    return typeof found === 'string' ? found : undefined;
  }
  const table = buildTable(withStrength(found, strength), matrix);
  try {
    // Whole, or not at all: another process reads it.
    await writeFile(`${tableFile}.new`, Buffer.from(table.buffer), { mode: 0o600 });
    await rename(`${tableFile}.new`, tableFile);
    return undefined;
  } catch (error) {
    // On a full disk half a table is in the way of all else.
    await rm(`${tableFile}.new`, { force: true }).catch(() => undefined);
    return `its table cannot be written: ${messageOf(error)}`;
  }
}

function find(look: LookSettings['look']): LookUp | string {
  if ('own' in look) return ownLook(look.own);
  const cube = readCube(look.cubeFile);
  return 'fault' in cube ? cube.fault : lookUpIn(cube);
}

setPriority(NICENESS);
const fault = await run(JSON.parse(process.argv[2] ?? '{}') as TableJob);
if (fault !== undefined) {
  process.stdout.write(`${fault}\n`);
  process.exitCode = 1;
}
