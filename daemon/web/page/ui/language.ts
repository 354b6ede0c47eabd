/** The switch of the page's language. */
import { LANGUAGES } from '../../../../pipelines/player/text/language.ts';
import { LANGUAGE_COOKIE } from '../../protocol.ts';
import { language } from '../text/texts.ts';

/** Browsers keep no cookie for longer: 400 days. */
const KEPT_S = 400 * 86_400;

export function connectLanguage(select: HTMLSelectElement): void {
  for (const code of LANGUAGES) {
    const option = new Option(nameOf(code), code, false, code === language);
    option.lang = code;
    select.append(option);
  }
  select.addEventListener('change', () => switchLanguage(select.value));
}

/** As its speakers call it. */
export function nameOf(code: string): string {
  return new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code;
}

/** The server writes the page again, in the language that is chosen. */
export function switchLanguage(code: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: Firefox and Safari of this decade's first half have no Cookie Store API.
  document.cookie = `${LANGUAGE_COOKIE}=${code}; Path=/; Max-Age=${KEPT_S}; SameSite=Strict`;
  location.reload();
}
