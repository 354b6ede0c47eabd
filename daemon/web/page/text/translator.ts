/** What the box says, which is English, in a language, with keys of the config by their names. Pure. */
import type { Language } from '../../../../pipelines/player/text/language.ts';
import { LABEL_TEXTS } from './labels/languages.ts';
import { openTranslation, translateCheck } from './translation.ts';

const QUOTES = {
  ...{ en: '“”', de: '„“', fr: '«»', es: '«»', it: '«»', nl: '‘’', pt: '“”' },
} as const satisfies Readonly<Record<Language, string>>;

const KEY = /\b[a-z]+(?:\.[a-z_]+)+\b/g;

export interface Translator {
  /** A sentence that is not known stays English. */
  readonly sentence: (text: string) => string;
  /** Of a line of checks: its name, what was seen, or what to do. */
  readonly check: (text: string) => string;
}

export function openTranslator(language: Language): Translator {
  const [sentence, check] = [openTranslation(language), openTranslation(language, translateCheck)];
  const nameOf = (key: string): string => {
    const label = (LABEL_TEXTS[language] as Readonly<Record<string, string>>)[key];
    const [open, close] = QUOTES[language];
    return label === undefined ? key : `${open}${label}${close}`;
  };
  return {
    sentence: (text) => sentence(text).replace(KEY, nameOf),
    check: (text) => check(text).replace(KEY, nameOf),
  };
}
