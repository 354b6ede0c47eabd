/** Puts the texts of the guest's language into the page, and switches it. */
import type { Dictionary } from './text/en.ts';
import { chooseLanguage, isLanguage, type Language } from './text/language.ts';
import { DICTIONARIES } from './text/languages.ts';

/** The texts of the page's language. */
export function texts(): Dictionary {
  const { lang } = document.documentElement;
  return DICTIONARIES[isLanguage(lang) ? lang : chooseLanguage(navigator.languages.join(','))];
}

/** To be called before anything is written. @param onChange Renders all that is not fixed text. */
export function connectLanguage(select: HTMLSelectElement, onChange: () => void): void {
  const chosen = chosenLanguage();
  if (chosen !== undefined) document.documentElement.lang = chosen;
  for (const [code, { name }] of Object.entries(DICTIONARIES)) {
    const option = new Option(name, code, false, code === document.documentElement.lang);
    option.lang = code;
    select.append(option);
  }
  select.addEventListener('change', () => {
    document.documentElement.lang = select.value;
    store(select.value);
    history.replaceState(undefined, '', inLanguage(new URL(location.href), select.value));
    showFixed();
    onChange();
  });
  showFixed();
}

/** Of this box's pages in this browser; no request carries it. */
const STORED_AS = 'venuebox-language';

/** By the page's address, or by the switch, here or on another page; undefined: by the browser's languages. */
function chosenLanguage(): Language | undefined {
  const wanted = [new URL(location.href).searchParams.get('lang'), stored()];
  return wanted.find((code) => isLanguage(code ?? '')) as Language | undefined;
}

/** A browser may store nothing, or refuse to say. */
function stored(): string | null {
  try {
    return localStorage.getItem(STORED_AS);
  } catch {
    return null;
  }
}

function store(code: string): void {
  try {
    localStorage.setItem(STORED_AS, code);
  } catch {
    // The links of the page carry it all the same.
  }
}

/** The address of another page of the box, which is to render it in the language that was chosen. */
export function inLanguage(url: URL, lang: string | undefined = chosenLanguage()): URL {
  if (lang !== undefined) url.searchParams.set('lang', lang);
  return url;
}

function showFixed(): void {
  const text = texts();
  for (const element of document.querySelectorAll<HTMLElement>('[data-text]'))
    element.textContent = text[element.dataset['text'] as keyof Dictionary];
  for (const element of document.querySelectorAll<HTMLElement>('[data-label]'))
    setLabel(element, text[element.dataset['label'] as keyof Dictionary]);
  if (chosenLanguage() === undefined) return;
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-page]'))
    link.href = inLanguage(new URL(link.href)).href;
}

const ANNOUNCED_MS = 5_000;

/** Shown for a moment, and read aloud by screen readers. */
export function announce(text: string): void {
  const target = document.getElementById('announce') as HTMLElement;
  write(target, text);
  setTimeout(() => {
    if (target.textContent === text) write(target, '');
  }, ANNOUNCED_MS);
}

/** The name of what shows a picture only. */
export function setLabel(element: HTMLElement, label: string): void {
  element.setAttribute('aria-label', label);
  if (element.tagName !== 'VIDEO') element.title = label;
}

/** Screen readers would read the same text aloud again where it is written again. */
export function write(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
