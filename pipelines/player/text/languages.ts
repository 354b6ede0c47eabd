/** The texts of the guests' page in a guest's language. */
import { de } from './de.ts';
import { type Dictionary, en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { it } from './it.ts';
import { type ByLanguage, chooseLanguage, isLanguage, type Language } from './language.ts';
import { nl } from './nl.ts';
import { pt } from './pt.ts';

export const DICTIONARIES: ByLanguage<Dictionary> = { en, de, fr, es, it, pt, nl };

/** By the address, `?lang=de`, or by Accept-Language. */
export function languageOf(request: {
  readonly query: URLSearchParams;
  readonly header: (name: string) => string | undefined;
}): Language {
  const wanted = request.query.get('lang') ?? '';
  return isLanguage(wanted) ? wanted : chooseLanguage(request.header('accept-language') ?? '');
}

export function textsOf(lang: Language): Dictionary {
  return DICTIONARIES[lang];
}
