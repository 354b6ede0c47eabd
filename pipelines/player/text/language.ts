/** The languages of the box's pages, and which of them a browser reads. */

export const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl'] as const;

export type Language = (typeof LANGUAGES)[number];

export type ByLanguage<T> = Readonly<Record<Language, T>>;

export function isLanguage(code: string): code is Language {
  return (LANGUAGES as readonly string[]).includes(code);
}

/** The first language that the pages have, by an Accept-Language header (RFC 9110 §12.5.4); English otherwise. */
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
