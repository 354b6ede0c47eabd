/** The HTML of the page, with the texts of a language and the preview of its link. */
import type { Dictionary } from './text/dictionary.ts';
import { fill } from './text/languages.ts';

export interface PageHtml {
  readonly lang: string;
  readonly text: Dictionary;
  readonly title: string;
  /** Of the page, for other machines; undefined where the request does not say it. */
  readonly url: string | undefined;
  /** Of its picture, relative to the page; undefined where there is none. */
  readonly poster: string | undefined;
  /** RFC 3339, or empty. */
  readonly startsAt: string;
}

/** @param template With `{{name}}` where a text belongs. */
export function renderPage(template: string, page: PageHtml): string {
  const values: Readonly<Record<string, string>> = {
    ...page.text,
    title: page.title,
  };
  return template
    .replace('<html lang="en">', `<html lang="${page.lang}">`)
    .replace('{{preview}}', () => renderPreview(page))
    .replace(/\{\{(\w+)\}\}/g, (_all, name: string) => escapeHtml(values[name] ?? ''));
}

/** Open Graph (https://ogp.me) and Twitter tags; their addresses have to be absolute. */
function renderPreview({ text, title, url, poster, startsAt }: PageHtml): string {
  const startsMs = Date.parse(startsAt);
  const description = Number.isNaN(startsMs)
    ? text.live
    : fill(text.startsAt, { date: `${new Date(startsMs).toISOString().slice(0, 16)}Z` });
  const tags: [attribute: string, name: string, content: string][] = [
    ['property', 'og:type', 'website'],
    ['property', 'og:title', title],
    ['property', 'og:description', description],
    ['name', 'twitter:card', poster === undefined ? 'summary' : 'summary_large_image'],
  ];
  if (url !== undefined) {
    const image = new URL(poster ?? 'icon-512.png', url).href;
    tags.push(['property', 'og:url', url], ['property', 'og:image', image]);
  }
  return tags
    .map(([attribute, name, content]) => {
      return `<meta ${attribute}="${name}" content="${escapeHtml(content)}">`;
    })
    .join('\n');
}

function escapeHtml(text: string): string {
  return text.replace(/[&"<>']/g, (character) => `&#${character.charCodeAt(0)};`);
}
