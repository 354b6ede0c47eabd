/** These texts in every language of the pages. */
import type { ByLanguage } from '../../../pipelines/player/text/language.ts';
import { de } from './de.ts';
import { en, type ReportTexts } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { it } from './it.ts';
import { nl } from './nl.ts';
import { pt } from './pt.ts';

export const REPORT_TEXTS: ByLanguage<ReportTexts> = { en, de, fr, es, it, pt, nl };
