/** Survey and rehearsal on the disk: the survey is compared on the day after. */
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { saveFile } from '../../hal/os/save-file.ts';
import {
  checklistFields,
  type Readiness,
  rehearsalFields,
  surveyFields,
} from '../model/readiness.ts';

const stored = v.object({
  checklist: v.optional(v.strictObject(checklistFields)),
  rehearsal: v.optional(v.strictObject(rehearsalFields)),
  survey: v.optional(v.strictObject(surveyFields)),
});

export type Kept = Omit<Readiness, 'running'>;

export interface ReadinessStore {
  readonly kept: Kept;
  /** Never rejects: a full disk costs no more than this. */
  save(kept: Kept): Promise<void>;
}

/** A file that is not there, or of another version, holds nothing. */
export async function openReadinessStore(file: string, log: Log): Promise<ReadinessStore> {
  let saving: Promise<void> = Promise.resolve();
  const write = async ({ checklist, rehearsal, survey }: Kept) => {
    const text = JSON.stringify({ checklist, rehearsal, survey });
    await saveFile(file, text).catch((error: unknown) => {
      log.warn('survey and rehearsal not saved', { file, reason: messageOf(error) });
    });
  };
  return {
    kept: parse(await readFile(file, 'utf8').catch(() => '{}'), log),
    save: (kept) => {
      saving = saving.then(() => write(kept));
      return saving;
    },
  };
}

function parse(text: string, log: Log): Kept {
  try {
    const { checklist, rehearsal, survey } = v.parse(stored, JSON.parse(text));
    return {
      ...(checklist && { checklist }),
      ...(rehearsal && { rehearsal }),
      ...(survey && { survey }),
    };
  } catch (error) {
    log.warn('saved survey not readable', { reason: messageOf(error) });
    return {};
  }
}
