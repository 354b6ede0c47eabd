/** The page of one clip: movie, link and QR code. */
import encodeQR from 'qr';

export interface ClipPage {
  readonly title: string;
  /** Its file under `/clips/`. */
  readonly movieName: string;
  /** The picture before it plays. */
  readonly posterPath: string;
  /** The page's address for a phone of this network. */
  readonly url: string;
}

/** It needs no script, and nothing from other servers. */
export function renderClipPage({ title, movieName, posterPath, url }: ClipPage): string {
  const name = escapeHtml(title);
  const code = encodeQR(url, 'svg').replace(/<\?xml[^>]*>/, '');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name}</title>
<link rel="stylesheet" href="../player.css">
<body class="clip">
<h1>${name}</h1>
<video controls playsinline preload="metadata" poster="..${escapeHtml(posterPath)}" src="../clips/${escapeHtml(movieName)}"></video>
<p><a href="${escapeHtml(url)}">${escapeHtml(url)}</a></p>
<p><a href="../clips/${escapeHtml(movieName)}" download>Save the clip</a></p>
<figure>${code}<figcaption>Scan with another phone.</figcaption></figure>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&"<>']/g, (character) => `&#${character.charCodeAt(0)};`);
}
