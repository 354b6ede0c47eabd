/** The page's texts in its language, which the server writes into the document. */
import { isLanguage, type Language } from '../../../../pipelines/player/text/language.ts';
import { BOX_TEXTS } from './box/languages.ts';
import { CREW_TEXTS } from './crew/languages.ts';
import { LABEL_TEXTS } from './labels/languages.ts';
import { PLAN_TEXTS } from './plans/languages.ts';
import { SETTINGS_TEXTS } from './settings/languages.ts';
import { SET_UP_TEXTS } from './setup/languages.ts';
import { STAGE_TEXTS } from './stage/languages.ts';
import { openTranslator } from './translator.ts';

/** English outside a page, in tests. */
export const language: Language = languageOf(globalThis.document?.documentElement.lang ?? '');

export const stageTexts = STAGE_TEXTS[language];
export const boxTexts = BOX_TEXTS[language];
export const setUpTexts = SET_UP_TEXTS[language];
export const crewTexts = CREW_TEXTS[language];
export const planTexts = PLAN_TEXTS[language];
export const settingsTexts = SETTINGS_TEXTS[language];
export const labelTexts = LABEL_TEXTS[language];

const translator = openTranslator(language);

/** What the box says, in the page's language. */
export const fromBox = translator.sentence;

/** Of a line of checks: its name, what was seen, or what to do. */
export const fromCheck = translator.check;

function languageOf(code: string): Language {
  return isLanguage(code) ? code : 'en';
}
