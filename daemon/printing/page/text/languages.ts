/** These texts in every language of the pages, and which of them a phone reads. */
import {
  type ByLanguage,
  chooseLanguage,
  type Language,
} from '../../../../pipelines/player/text/language.ts';
import { de } from './de.ts';
import { en, type StubTexts } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { it } from './it.ts';
import { nl } from './nl.ts';
import { pt } from './pt.ts';

export const STUB_TEXTS: ByLanguage<StubTexts> = { en, de, fr, es, it, pt, nl };

/** The page is one file for all phones of the crew: each reads it in its own language. */
export const chooseStubLanguage = (languages: readonly string[]): Language =>
  chooseLanguage(languages.join(','));
