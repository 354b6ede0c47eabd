/** Makes the table of the look that is asked for, once, and says why there is none. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ClockAndLog, messageOf } from '../../../hal/os/log.ts';
import { openLookTable } from '../../../pipelines/look/look-file.ts';
import { matrixOf } from '../../../pipelines/look/table.ts';
import { hasLook, type LookConfig } from '../../config/capture.ts';
import type { Config } from '../../config/config.ts';

export interface PrepareDeps extends ClockAndLog {
  readonly config: () => Pick<Config, 'camera'>;
  /** The drop that is on, or the next one. */
  readonly presentDrop: () => { readonly look: LookConfig };
  readonly stateFolder: string;
  /** Other ones in tests. */
  readonly tables?: LookTables;
}

interface LookTables {
  readonly open: typeof openLookTable;
  /** When a .cube file was changed; 0 where there is none. */
  readonly changedMs: (path: string) => Promise<number>;
}

/** What became of a look that was asked for. */
export interface Prepared {
  /** Another look, or another file of that name, has another one. */
  readonly key: string;
  /** Monotonic. */
  readonly atMs: number;
  /** The table's. */
  readonly file?: string;
  /** Why there is none. */
  readonly fault?: string;
}

/** A disk that was full may have room again. */
const RETRY_MS = 60_000;

const TABLES: LookTables = {
  open: openLookTable,
  changedMs: async (path) => (await stat(path).catch(() => undefined))?.mtimeMs ?? 0,
};

/** Resolves with `before` where nothing is new; with undefined where the drop has no look. Never rejects. */
export async function prepareLook(
  before: Prepared | undefined,
  { presentDrop, config, stateFolder, tables = TABLES, clock, log }: PrepareDeps,
  signal: AbortSignal,
): Promise<Prepared | undefined> {
  const { look } = presentDrop();
  if (!hasLook(look)) return undefined;
  const cubeFile = look.cube_file === '' ? '' : resolve(stateFolder, look.cube_file);
  const key = JSON.stringify([look, cubeFile === '' ? 0 : await tables.changedMs(cubeFile)]);
  const nowMs = clock.monotonicMs();
  const isOld = before?.fault !== undefined && nowMs - before.atMs >= RETRY_MS;
  if (before?.key === key && !isOld) return before;
  const settings = {
    look: look.name === 'none' ? { cubeFile } : { own: look.name },
    strength: look.strength,
    matrix: matrixOf(config().camera.height),
  };
  try {
    const file = await tables.open(join(stateFolder, 'looks'), settings, signal);
    log.info('look ready', { look: nameOf(look), strength: look.strength });
    return { key, atMs: nowMs, file };
  } catch (error) {
    if (signal.aborted) return before;
    const fault = messageOf(error);
    if (fault !== before?.fault) log.error('look refused', { reason: fault });
    return { key, atMs: nowMs, fault };
  }
}

export function nameOf({ name, cube_file }: LookConfig): string {
  return name === 'none' ? cube_file : name;
}
