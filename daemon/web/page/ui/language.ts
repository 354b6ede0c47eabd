/** The switch of the page's language. */
import { LANGUAGES } from '../../../../pipelines/player/text/language.ts';
import { LANGUAGE_COOKIE } from '../../protocol.ts';
import { language } from '../text/texts.ts';

/** Browsers keep no cookie for longer: 400 days. */
const KEPT_S = 400 * 86_400;

/** The server writes the page anew in the language that is chosen. */
export function connectLanguage(select: HTMLSelectElement): void {
  for (const code of LANGUAGES) {
    const name = new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code;
    const option = new Option(name, code, false, code === language);
    option.lang = code;
    select.append(option);
  }
  select.addEventListener('change', () => {
    // biome-ignore lint/suspicious/noDocumentCookie: Firefox and Safari of this decade's first half have no Cookie Store API.
    document.cookie = `${LANGUAGE_COOKIE}=${select.value}; Path=/; Max-Age=${KEPT_S}; SameSite=Strict`;
    location.reload();
  });
}
