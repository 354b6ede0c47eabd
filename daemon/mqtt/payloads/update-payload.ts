/** The payload of the update. Pure. */
import { clipText, orNull, round } from '../../model/rounding.ts';
import type { UpdateState } from '../../model/update.ts';
import type { Body } from './topics.ts';

export function updateBody(update: UpdateState): Body<'update'> {
  const { version, latest, step, previous, failed, isOnTrial, unsupported, offerFault } = update;
  return {
    installed: clipText(version, 64),
    latest: orNull(latest, (text) => clipText(text, 64)),
    step: step?.what ?? (isOnTrial === true ? 'trial' : 'none'),
    progress_ratio: step === undefined ? null : round(step.ratio, 2),
    previous: orNull(previous, (text) => clipText(text, 64)),
    failed: orNull(failed, ({ version: text, reason, atMs }) => ({
      version: clipText(text, 64),
      reason: clipText(reason, 512),
      at: new Date(atMs).toISOString(),
    })),
    reason: orNull(unsupported ?? offerFault, (text) => clipText(text, 512)),
  };
}
