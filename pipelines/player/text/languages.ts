/** Which language a guest reads, and the texts in it. */
import { de } from './de.ts';
import type { Dictionary } from './dictionary.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { it } from './it.ts';
import { nl } from './nl.ts';
import { pt } from './pt.ts';

export const DICTIONARIES = { en, de, fr, es, it, pt, nl } as const satisfies Readonly<
  Record<string, Dictionary>
>;

export type Language = keyof typeof DICTIONARIES;

export function isLanguage(code: string): code is Language {
  return Object.hasOwn(DICTIONARIES, code);
}

/** The first language that the page has, by an Accept-Language header (RFC 9110 §12.5.4); English otherwise. */
export function chooseLanguage(accept: string): Language {
  const wanted = accept
    .slice(0, 1000)
    .split(',')
    .map((item) => {
      const [range = '', ...parameters] = item.split(';').map((text) => text.trim().toLowerCase());
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
      return { code: range.split('-')[0] ?? '', quality: Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return wanted.map(({ code }) => code).find(isLanguage) ?? 'en';
}

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

/** Puts values into a text: `{time}`. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => values[name] ?? all);
}
