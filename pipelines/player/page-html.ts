/** The HTML of the pages, with the texts of a language and the preview of the link. */
import type { Dictionary } from './text/dictionary.ts';

export interface PageHtml {
  readonly lang: string;
  readonly text: Dictionary;
  readonly title: string;
  /** What a preview of the link says below the title. */
  readonly description: string;
  /** Of the page, for other machines; undefined where the request does not say it. */
  readonly url: string | undefined;
  /** The config sets it: the page shows it to guests, too. */
  readonly isGiven: boolean;
  /** Of what page addresses are relative to, as the page sees it: `./` or `../`. */
  readonly root: './' | '../';
  /** Of the venue's logo, relative to the root. */
  readonly logo?: string | undefined;
  /** Of its picture, relative to the root; undefined where there is none. */
  readonly poster: string | undefined;
  /** How guests can get the stream, the preferred way first: see `waysOf`. */
  readonly ways?: readonly string[] | undefined;
  /** Of a clip, relative to the root. */
  readonly movie?: string;
}

/** @param template With `{{name}}` where a text belongs. */
export function renderPage(template: string, page: PageHtml): string {
  const { root, poster, movie, logo } = page;
  const values: Readonly<Record<string, string>> = {
    ...page.text,
    title: page.title,
    ways: (page.ways ?? []).join(' '),
    poster: poster === undefined ? '' : `${root}${poster}`,
    movie: movie === undefined ? `${root}replay/index.m3u8` : `${root}${movie}`,
    kind: movie === undefined ? 'replay' : 'clip',
  };
  return template
    .replace('<html lang="en">', `<html lang="${page.lang}">`)
    .replace('{{preview}}', () => renderPreview(page))
    .replace('{{logo}}', () =>
      logo === undefined ? '' : `<img id="logo" src="${root}${logo}" alt="">`,
    )
    .replace(/\{\{(\w+)\}\}/g, (_all, name: string) => escapeHtml(values[name] ?? ''));
}

/** Open Graph (https://ogp.me) and Twitter tags; their addresses have to be absolute. */
function renderPreview(page: PageHtml): string {
  const { title, description, url, root, poster, movie } = page;
  const tags: [attribute: string, name: string, content: string][] = [
    ['name', 'description', description],
    ['property', 'og:type', movie === undefined ? 'website' : 'video.other'],
    ['property', 'og:title', title],
    ['property', 'og:description', description],
    ['name', 'twitter:card', poster === undefined ? 'summary' : 'summary_large_image'],
  ];
  if (url !== undefined) {
    const at = new URL(root, url);
    const image = new URL(poster ?? 'icon-512.png', at).href;
    tags.push(['property', 'og:url', url], ['property', 'og:image', image]);
    if (page.isGiven) tags.push(['name', 'given-address', url]);
    if (movie !== undefined) tags.push(['property', 'og:video', new URL(movie, at).href]);
  }
  return tags
    .map(([attribute, name, content]) => {
      return `<meta ${attribute}="${name}" content="${escapeHtml(content)}">`;
    })
    .join('\n');
}

export function escapeHtml(text: string): string {
  return text.replace(/[&"<>']/g, (character) => `&#${character.charCodeAt(0)};`);
}
