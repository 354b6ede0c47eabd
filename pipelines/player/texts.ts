/** Puts the texts of the guest's language into the page, and switches it. */
import type { Dictionary } from './text/dictionary.ts';
import { chooseLanguage, isLanguage } from './text/language.ts';
import { DICTIONARIES } from './text/languages.ts';

/** The texts of the page's language. */
export function texts(): Dictionary {
  const { lang } = document.documentElement;
  return DICTIONARIES[isLanguage(lang) ? lang : chooseLanguage(navigator.languages.join(','))];
}

/** @param onChange Renders all that is not fixed text. */
export function connectLanguage(select: HTMLSelectElement, onChange: () => void): void {
  for (const [code, { name }] of Object.entries(DICTIONARIES)) {
    const option = new Option(name, code, false, code === document.documentElement.lang);
    option.lang = code;
    select.append(option);
  }
  select.addEventListener('change', () => {
    document.documentElement.lang = select.value;
    const url = new URL(location.href);
    url.searchParams.set('lang', select.value);
    history.replaceState(undefined, '', url);
    showFixed();
    onChange();
  });
  showFixed();
}

function showFixed(): void {
  const text = texts();
  for (const element of document.querySelectorAll<HTMLElement>('[data-text]'))
    element.textContent = text[element.dataset['text'] as keyof Dictionary];
  for (const element of document.querySelectorAll<HTMLElement>('[data-label]'))
    setLabel(element, text[element.dataset['label'] as keyof Dictionary]);
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

/** The name of a button that shows a picture only. */
export function setLabel(element: HTMLElement, label: string): void {
  element.setAttribute('aria-label', label);
  element.title = label;
}

/** Screen readers would read the same text aloud again where it is written again. */
export function write(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
