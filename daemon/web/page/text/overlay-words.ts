/** What a code in the picture may be, and where it stands, in words. */
import { crewTexts as text } from './texts.ts';

/** By `code.link` of an overlay; an address is `link`. */
export const CODES = {
  none: text.noCode,
  page: text.codePage,
  checkout: text.codeCheckout,
  link: text.codeLink,
} as const;

export const CORNERS = {
  'top-left': text.topLeft,
  'top-right': text.topRight,
  'bottom-left': text.bottomLeft,
  'bottom-right': text.bottomRight,
} as const;
