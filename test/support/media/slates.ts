/** What boxes of tests have drawn to stand in the camera's place, for the next box: a fifth of its start. */
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAEMON } from '../daemon.ts';

/** Of one build: the next one may draw otherwise. A box from its sources draws its own. */
const SHARED = DAEMON.includes('tsx')
  ? undefined
  : join(tmpdir(), `venuebox-slates-${Math.round(statSync('dist/.built').mtimeMs)}`);

/** @param stateFolder Of a box that has not started yet. */
export function lendSlates(stateFolder: string): void {
  if (SHARED !== undefined && existsSync(SHARED)) copy(SHARED, join(stateFolder, 'slates'));
}

/** @param stateFolder Of a box that has ended. */
export function keepSlates(stateFolder: string): void {
  const drawn = join(stateFolder, 'slates');
  if (SHARED !== undefined && existsSync(drawn)) copy(drawn, SHARED);
}

/** By a name of its own first: other boxes look at the same time. */
function copy(from: string, to: string): void {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(from)) {
    if (!/^[0-9a-f]{16}\.(title|text)$/.test(name) || existsSync(join(to, name))) continue;
    const part = join(to, `${name}.${process.pid}`);
    cpSync(join(from, name), part);
    renameSync(part, join(to, name));
  }
}
