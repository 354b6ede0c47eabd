/** A refusal for people: in the page's design and the guest's language, with a way back. */
import type { HttpRequest } from '../http/handlers.ts';
import { type Reply, reply } from '../http/reply.ts';
import { escapeHtml } from './link/escape-html.ts';
import { HTML, SECURITY_HEADERS } from './page-assets.ts';
import type { Dictionary } from './text/en.ts';
import { languageOf, textsOf } from './text/languages.ts';

/** What a navigation accepts, and what fetches of scripts, players and programs do not name. */
const isNavigation = ({ header }: HttpRequest) => (header('accept') ?? '').includes('text/html');

/** The reply as it is, or for a browser that shows it to a guest the same as a page. */
export function forPeople(request: HttpRequest, refusal: Reply): Reply {
  if (refusal.status < 400 || !isNavigation(request)) return refusal;
  const lang = languageOf(request);
  const text = textsOf(lang);
  const sentence = escapeHtml(text[sentenceOf(refusal.status)]);
  const root = escapeHtml(`${request.ownAddress?.() ?? ''}/`);
  const back = request.query.has('lang') ? `${root}?lang=${lang}` : root;
  const html = `<!doctype html>
<html lang="${lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${sentence}</title>
<link rel="icon" href="${root}favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${root}player.css">
<link rel="stylesheet" href="${root}brand.css">
<body class="error">
<main>
<h1>${sentence}</h1>
<p><a class="action" href="${back}">${escapeHtml(text.toLivePage)}</a></p>
</main>
</body>
</html>
`;
  const retryAt = refusal.headers.indexOf('Retry-After');
  const retry = retryAt < 0 ? [] : refusal.headers.slice(retryAt, retryAt + 2);
  const options = { type: HTML, cacheS: 0, freshness: { kind: 'no-store' } } as const;
  const page = reply(refusal.status, [Buffer.from(html)], { ...options, source: 'generated' });
  const vary = ['Vary', 'Accept, Accept-Language'];
  return { ...page, headers: [...page.headers, ...SECURITY_HEADERS, ...vary, ...retry] };
}

function sentenceOf(status: number): keyof Dictionary {
  if (status === 404) return 'notFound';
  return status === 429 || status === 503 ? 'notNow' : 'failed';
}
