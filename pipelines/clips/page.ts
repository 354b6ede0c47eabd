import encodeQR from 'qr';

/** What travels: a page with the clip, its link and a code for the next phone. */
export interface ClipPage {
  readonly title: string;
  /** Its file under `/clips/`. */
  readonly movieName: string;
  /** The picture before it plays. */
  readonly posterPath: string;
  /** Where this page is, as a phone of this network reaches it. */
  readonly url: string;
}

/** The page as HTML. It needs nothing from elsewhere and no script. */
export function renderClipPage({ title, movieName, posterPath, url }: ClipPage): string {
  const name = escapeHtml(title);
  const code = encodeQR(url, 'svg').replace(/<\?xml[^>]*>/, '');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name}</title>
<link rel="stylesheet" href="/player.css">
<body class="clip">
<h1>${name}</h1>
<video controls playsinline preload="metadata" poster="${escapeHtml(posterPath)}" src="/clips/${escapeHtml(movieName)}"></video>
<p><a href="${escapeHtml(url)}">${escapeHtml(url)}</a></p>
<p><a href="/clips/${escapeHtml(movieName)}" download>Save the clip</a></p>
<figure>${code}<figcaption>The next phone points here.</figcaption></figure>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&"<>']/g, (character) => `&#${character.charCodeAt(0)};`);
}
