/** The HTML of the pages, with the texts of a language and the preview of the link. */
import { escapeHtml } from './link/escape-html.ts';
import { type LinkPreview, renderPreview } from './link/preview.ts';
import type { Dictionary } from './text/en.ts';

export interface PageHtml extends LinkPreview {
  readonly text: Dictionary;
  /** Of the venue's logo, relative to the root. */
  readonly logo?: string | undefined;
  /** How guests can get the stream, the preferred way first: see `choosePlayers`. */
  readonly ways?: readonly string[] | undefined;
  /** Without JavaScript it looks again whether the drop has begun. */
  readonly looksAgain?: boolean;
  /** Without JavaScript it leads to the replay. */
  readonly hasReplay?: boolean;
}

const LOOK_AGAIN_S = 30;

/** @param template With `{{name}}` where a text belongs. */
export function renderPage(template: string, page: PageHtml): string {
  const { root, image, movie, logo, text } = page;
  const values: Readonly<Record<string, string>> = {
    ...text,
    title: page.title,
    description: page.description,
    ways: (page.ways ?? []).join(' '),
    poster: image === undefined ? '' : `${root}${image.path}`,
    movie: movie === undefined ? `${root}replay/index.m3u8` : `${root}${movie}`,
    kind: movie === undefined ? 'replay' : 'clip',
  };
  const blocks: Readonly<Record<string, string>> = {
    preview: renderPreview(page),
    logo: logo === undefined ? '' : `<img id="logo" src="${root}${logo}" alt="">`,
    lookAgain: page.looksAgain
      ? `<noscript><meta http-equiv="refresh" content="${LOOK_AGAIN_S}"></noscript>`
      : '',
    replayLink: page.hasReplay
      ? `<p><a class="action" href="${root}replay/">${escapeHtml(text.replay)}</a></p>`
      : '',
  };
  return template
    .replace('<html lang="en">', `<html lang="${page.lang}">`)
    .replace(
      /\{\{(\w+)\}\}/g,
      (_all, name: string) => blocks[name] ?? escapeHtml(values[name] ?? ''),
    );
}
