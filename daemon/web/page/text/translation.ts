/** Translates what the box says, which is English, by the sentences that it has. Pure. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { Language } from '../../../../pipelines/player/text/language.ts';
import { en as adviceEn } from './advice/en.ts';
import { ADVICE_TEXTS } from './advice/languages.ts';
import { en as checksEn } from './checks/en.ts';
import { CHECK_TEXTS } from './checks/languages.ts';
import { en } from './messages/en.ts';
import { MESSAGE_TEXTS } from './messages/languages.ts';

/** Texts of one kind, by what they are in English. */
interface Texts<Key extends string> {
  readonly whole: ReadonlyMap<string, Key>;
  readonly patterns: readonly { readonly key: Key; readonly expression: RegExp }[];
  readonly languages: Readonly<Record<Language, Readonly<Record<Key, string>>>>;
}

const HAS_VALUE = /\{\w+[:}]/;

function openTexts<Key extends string>(
  english: Readonly<Record<Key, string>>,
  languages: Texts<Key>['languages'],
): Texts<Key> {
  const keys = Object.keys(english) as Key[];
  const hasValue = (key: Key) => HAS_VALUE.test(english[key]);
  return {
    whole: new Map(keys.filter((key) => !hasValue(key)).map((key) => [english[key], key])),
    patterns: keys
      .filter(hasValue)
      .sort((a, b) => fixedOf(english[b]).length - fixedOf(english[a]).length)
      .map((key) => ({ key, expression: expressionOf(english[key]) })),
    languages,
  };
}

const MESSAGES = openTexts(en, MESSAGE_TEXTS);
const CHECKS = openTexts(checksEn, CHECK_TEXTS);
type AdviceKey = keyof typeof adviceEn;
const ADVICE: ReadonlyMap<string, AdviceKey> = new Map(
  (Object.keys(adviceEn) as AdviceKey[]).map((key) => [adviceEn[key], key]),
);
/** What it says whatever its values are: the more of that, the fewer other sentences fit it. */
function fixedOf(text: string): string {
  return text.replace(/\{[^}]*\}/g, '');
}

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
export function openTranslation(
  language: Language,
  find: (text: string, language: Language) => string | undefined = translate,
): (text: string) => string {
  if (language === 'en') return (text) => text;
  const known = new Map<string, string>();
  return (text) => {
    const found = known.get(text) ?? find(text, language) ?? text;
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(text, found);
    return found;
  };
}

/** Undefined where a sentence of it is not known. */
export function translate(text: string, language: Language): string | undefined {
  const whole = MESSAGES.whole.get(text);
  if (whole !== undefined) return MESSAGES.languages[language][whole];
  return translateAdvice(text.split(/(?<=\.) /), language) ?? filled(MESSAGES, text, language);
}

/**
 * The name of a check, what to do, or what was seen. That is made of pieces with figures, of which
 * those that are not known stay as they are.
 */
export function translateCheck(text: string, language: Language): string {
  if (text.endsWith('.'))
    return translatePiece(text, language) ?? translate(text, language) ?? text;
  const pieces = text.split(/(; |, |: )/);
  const found = pieces
    .map((piece) => translatePiece(piece, language) ?? translateWhole(piece, language))
    .join('');
  return found === text ? (translate(text, language) ?? text) : found;
}

function translatePiece(text: string, language: Language): string | undefined {
  const key = CHECKS.whole.get(text);
  return key === undefined ? filled(CHECKS, text, language) : CHECKS.languages[language][key];
}

/** By the pattern that fits with the fewest words as values. */
function filled<Key extends string>(
  { patterns, languages }: Texts<Key>,
  text: string,
  language: Language,
): string | undefined {
  for (const { key, expression } of patterns) {
    const values = expression.exec(text)?.groups;
    if (values === undefined) continue;
    // A value may be a part of the box: “The camera”.
    const translated = Object.entries(values).map(
      ([name, value]) => [name, translateWhole(value, language)] as const,
    );
    return fill(languages[language][key], Object.fromEntries(translated));
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
  const key = MESSAGES.whole.get(text);
  if (key !== undefined) return MESSAGE_TEXTS[language][key];
  const check = CHECKS.whole.get(text);
  return check === undefined ? text : CHECK_TEXTS[language][check];
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
