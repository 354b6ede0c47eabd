/** Translates what the box says, which is English, by the sentences that it has. Pure. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { Language } from '../../../../pipelines/player/text/language.ts';
import { en as adviceEn } from './advice/en.ts';
import { ADVICE_TEXTS } from './advice/languages.ts';
import { en } from './messages/en.ts';
import { MESSAGE_TEXTS } from './messages/languages.ts';

type Key = keyof typeof en;

interface Pattern {
  readonly key: Key;
  readonly expression: RegExp;
}

const KEYS = Object.keys(en) as Key[];
const HAS_VALUE = /\{\w+[:}]/;
const WHOLE: ReadonlyMap<string, Key> = new Map(
  KEYS.filter((key) => !HAS_VALUE.test(en[key])).map((key) => [en[key], key]),
);
type AdviceKey = keyof typeof adviceEn;
const ADVICE: ReadonlyMap<string, AdviceKey> = new Map(
  (Object.keys(adviceEn) as AdviceKey[]).map((key) => [adviceEn[key], key]),
);
const PATTERNS: readonly Pattern[] = KEYS.filter((key) => HAS_VALUE.test(en[key])).map((key) => ({
  key,
  expression: expressionOf(en[key]),
}));

/** Each value is any text; of words that go by a number each fits. */
function expressionOf(text: string): RegExp {
  const words = /\\\{\w+:(.*?)\\\}/g;
  const fitting = escapeRegExp(text).replace(
    words,
    (_all, list: string) => `(?:${list.replaceAll('\\|', '|')})`,
  );
  return new RegExp(`^${fitting.replace(/\\\{(\w+)\\\}/g, '(?<$1>.+)')}$`);
}

/** Links and disks have names of their own, so there is no end of sentences. */
const KNOWN_MAX = 500;

/** @returns a sentence in the language, or as it is where it is not known. */
export function openTranslation(language: Language): (text: string) => string {
  if (language === 'en') return (text) => text;
  const known = new Map<string, string>();
  return (text) => {
    const found = known.get(text) ?? translate(text, language) ?? text;
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(text, found);
    return found;
  };
}

/** Undefined where a sentence of it is not known. */
export function translate(text: string, language: Language): string | undefined {
  const texts = MESSAGE_TEXTS[language];
  const whole = WHOLE.get(text);
  if (whole !== undefined) return texts[whole];
  const advice = translateAdvice(text.split(/(?<=\.) /), language);
  if (advice !== undefined) return advice;
  for (const { key, expression } of PATTERNS) {
    const values = expression.exec(text)?.groups;
    if (values === undefined) continue;
    // A value may be a part of the box: “The camera”.
    const translated = Object.entries(values).map(
      ([name, value]) => [name, translateWhole(value, language)] as const,
    );
    return fill(texts[key], Object.fromEntries(translated));
  }
  return undefined;
}

/** Advice is put together of sentences: of the longest that are known. */
function translateAdvice(sentences: readonly string[], language: Language): string | undefined {
  for (let count = sentences.length; count > 0; count -= 1) {
    const key = ADVICE.get(sentences.slice(0, count).join(' '));
    if (key === undefined) continue;
    const first = ADVICE_TEXTS[language][key];
    if (count === sentences.length) return first;
    const rest = translateAdvice(sentences.slice(count), language);
    if (rest !== undefined) return `${first} ${rest}`;
  }
  return undefined;
}

function translateWhole(text: string, language: Language): string {
  const key = WHOLE.get(text);
  return key === undefined ? text : MESSAGE_TEXTS[language][key];
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
