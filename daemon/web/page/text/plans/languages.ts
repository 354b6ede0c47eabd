/** These texts in every language of the page. */
import type { ByLanguage } from '../../../../../pipelines/player/text/language.ts';
import { de } from './de.ts';
import { en, type PlanTexts } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { it } from './it.ts';
import { nl } from './nl.ts';
import { pt } from './pt.ts';

export const PLAN_TEXTS: ByLanguage<PlanTexts> = { en, de, fr, es, it, pt, nl };
