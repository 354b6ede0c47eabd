/** These texts in every language of the page. */
import type { ByLanguage } from '../../../../../pipelines/player/text/language.ts';
import { de } from './de.ts';
import { en, type MessageTexts } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { it } from './it.ts';
import { nl } from './nl.ts';
import { pt } from './pt.ts';

export const MESSAGE_TEXTS: ByLanguage<MessageTexts> = { en, de, fr, es, it, pt, nl };
