/** The page of one clip: movie, link and QR code. */
import encodeQR from 'qr';
import type { Dictionary } from '../player/text/dictionary.ts';

export interface ClipPage {
  readonly lang: string;
  readonly text: Dictionary;
  readonly title: string;
  /** Its file under `/clips/`. */
  readonly movieName: string;
  /** The picture before it plays. */
  readonly posterPath: string;
  /** The page's address for a phone of this network. */
  readonly url: string;
}

/** It needs no script, and nothing from other servers. */
export function renderClipPage({
  lang,
  text,
  title,
  movieName,
  posterPath,
  url,
}: ClipPage): string {
  const name = escapeHtml(title);
  const code = encodeQR(url, 'svg').replace(/<\?xml[^>]*>/, '');
  const poster = escapeHtml(`..${posterPath}`);
  const movie = `../clips/${escapeHtml(movieName)}`;
  const address = escapeHtml(url);
  return `<!doctype html>
<html lang="${lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name}</title>
<meta property="og:type" content="video.other">
<meta property="og:title" content="${name}">
<meta property="og:url" content="${address}">
<meta property="og:image" content="${escapeHtml(url.replace(/\/clip\/.*$/, posterPath))}">
<meta name="twitter:card" content="summary_large_image">
<link rel="stylesheet" href="../player.css">
<body class="clip">
<h1>${name}</h1>
<video controls playsinline preload="metadata" poster="${poster}" src="${movie}"></video>
<p><a class="action" href="${movie}" download>${text.save}</a> <a class="action" href="../">${text.toLivePage}</a></p>
<figure>${code}<figcaption>${text.scan}</figcaption></figure>
<p><a href="${address}">${address}</a></p>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&"<>']/g, (character) => `&#${character.charCodeAt(0)};`);
}
