/** What the command update answers. Pure. */
import { messageOf } from '../../hal/os/log.ts';
import type { Outcome } from '../model/commands.ts';
import { NotIdle } from './install.ts';
import { ReleaseError } from './release.ts';

export const NO_KEY = 'this box takes no updates: its config file has no update.key';
export const NO_SOURCE = 'no release is named: set update.url, or use venuebox update FILE';
export const TOO_LATE = 'the other version is in place already: the box starts again with it';

export const done = (detail: string): Outcome => ({ status: 'done', detail });

export function rejected(
  code: 'UNSUPPORTED' | 'BUSY' | 'BAD_ARGUMENTS' | 'REFUSED',
  detail: string,
) {
  return { status: 'rejected', code, detail } as const;
}

export function refusalOf(error: unknown, untilEnd: AbortSignal): Outcome {
  if (error instanceof NotIdle) return rejected('BUSY', `the update is put off: ${error.message}`);
  if (error instanceof ReleaseError)
    return { status: 'failed', code: 'RELEASE', detail: error.message };
  if (untilEnd.aborted) throw error;
  return { status: 'failed', code: 'NOT_DONE', detail: `no update: ${messageOf(error)}` };
}
