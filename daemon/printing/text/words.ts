/** How the box speaks on paper: its texts, its dates, and what it has said elsewhere. */
import type { ByLanguage, Language } from '../../../pipelines/player/text/language.ts';
import { localeOf } from '../../figures/formats-in.ts';
import { localTime } from '../../model/rounding.ts';
import type { Translator } from '../../web/page/text/translator.ts';
import { de } from './de.ts';
import { en, type SlipTexts } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { it } from './it.ts';
import { nl } from './nl.ts';
import { pt } from './pt.ts';

export type { Translator };

export const SLIP_TEXTS: ByLanguage<SlipTexts> = { en, de, fr, es, it, pt, nl };

export interface SlipWords {
  readonly text: SlipTexts;
  /** Unix time as the crew writes it. */
  readonly time: (unixMs: number) => string;
  /** `a, b and c`. */
  readonly list: (items: readonly string[]) => string;
}

export function wordsIn(language: Language): SlipWords {
  const locale = localeOf(language);
  const lists = new Intl.ListFormat(locale, { type: 'conjunction' });
  return {
    text: SLIP_TEXTS[language],
    time: (unixMs) => localTime(unixMs, locale),
    list: (items) => lists.format(items),
  };
}

/** Of alerts and checks, which are English in the box. Their texts are long, and most slips need none. */
export async function translatorIn(language: Language): Promise<Translator> {
  return (await import('../../web/page/text/translator.ts')).openTranslator(language);
}
