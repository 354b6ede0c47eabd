/** What messengers and networks show of a link to a page. Pure. */
import { escapeHtml } from './escape-html.ts';

export interface LinkPreview {
  readonly lang: string;
  readonly title: string;
  /** What stands below the title. */
  readonly description: string;
  /** Of the page, for other machines; undefined where the request does not say it. */
  readonly url: string | undefined;
  /** The config sets it: the page shows it to guests, too. */
  readonly isGiven: boolean;
  /** What other addresses are relative to, as the page sees it. */
  readonly root: './' | '../';
  /** Undefined where there is none. */
  readonly image: PreviewImage | undefined;
  /** Of a clip. */
  readonly movie?: string;
}

export interface PreviewImage {
  /** Relative to the root. */
  readonly path: string;
  /** Where they are known: the picture is shown at once, before it is fetched. */
  readonly widthPx?: number;
  readonly heightPx?: number;
  readonly type?: string;
}

type Tag = readonly [attribute: 'name' | 'property', name: string, content: string];

/** Open Graph (https://ogp.me) and Twitter tags; their addresses have to be absolute. */
export function renderPreview(page: LinkPreview): string {
  const { title, description, url, image, movie } = page;
  const tags: readonly Tag[] = [
    ['name', 'description', description],
    ['property', 'og:type', movie === undefined ? 'website' : 'video.other'],
    ['property', 'og:title', title],
    ['property', 'og:description', description],
    ['property', 'og:locale', LOCALES[page.lang] ?? page.lang],
    ['name', 'twitter:card', image === undefined ? 'summary' : 'summary_large_image'],
    ...(url === undefined ? [] : addressTags(page, url)),
  ];
  return tags
    .filter(([, , content]) => content !== '')
    .map(
      ([attribute, name, content]) =>
        `<meta ${attribute}="${name}" content="${escapeHtml(content)}">`,
    )
    .join('\n');
}

/** Open Graph wants a territory, too: that of the texts. */
const LOCALES: Readonly<Record<string, string>> = {
  ...{ en: 'en_US', de: 'de_DE', fr: 'fr_FR', es: 'es_ES' },
  ...{ it: 'it_IT', pt: 'pt_PT', nl: 'nl_NL' },
};

function addressTags(page: LinkPreview, url: string): readonly Tag[] {
  const { root, title, movie, isGiven } = page;
  const at = new URL(root, url);
  const image = page.image ?? APP_ICON;
  return [
    ['property', 'og:url', url],
    ['property', 'og:image', new URL(image.path, at).href],
    ['property', 'og:image:type', image.type ?? ''],
    ['property', 'og:image:width', String(image.widthPx ?? '')],
    ['property', 'og:image:height', String(image.heightPx ?? '')],
    ['property', 'og:image:alt', title],
    ...(isGiven ? ([['name', 'given-address', url]] as const) : []),
    ...(movie === undefined ? [] : movieTags(new URL(movie, at).href)),
  ];
}

/** iMessage plays such a movie in the message. */
function movieTags(href: string): readonly Tag[] {
  return [
    ['property', 'og:video', href],
    ['property', 'og:video:type', 'video/mp4'],
  ];
}

const APP_ICON: PreviewImage = {
  ...{ path: 'icon-512.png', type: 'image/png' },
  ...{ widthPx: 512, heightPx: 512 },
};
