/** Survey and rehearsal on the disk: the survey is compared on the day after. */
import * as v from 'valibot';
import { eachEntry } from '../../hal/os/files/known-keys.ts';
import type { Log } from '../../hal/os/log.ts';
import { openSaved, type Saved } from '../../hal/os/state/saved.ts';
import {
  checklistFields,
  type Readiness,
  rehearsalFields,
  surveyFields,
} from '../model/readiness.ts';

const stored = eachEntry({
  checklist: v.object(checklistFields),
  rehearsal: v.object(rehearsalFields),
  survey: v.object(surveyFields),
});

export type SavedReadiness = Omit<Readiness, 'running'>;

export function openReadinessStore(file: string, log: Log): Saved<SavedReadiness> {
  return openSaved<SavedReadiness>(file, stored, { what: 'survey and rehearsal', log });
}
