/** Fetches the guests' page with all that it loads, as a phone does. */
import { edgeOf } from './edge-hit.ts';
import type { FromProbe } from './messages.ts';

type PageResult = Omit<Extract<FromProbe, { type: 'page' }>, 'type'>;

const TIMEOUT_MS = 10_000;
const BODY_MAX_BYTES = 4_000_000;
const FILES_MAX = 24;
/** A phone of these days. */
const HEADERS = {
  'User-Agent': 'Mozilla/5.0 (Linux; Android 14; Mobile) venuebox-probe',
  'Sec-CH-UA-Mobile': '?1',
  'Accept-Encoding': 'gzip',
};

/** Twice, since the first round fills a cache. Rejects only when `signal` aborts. */
export async function fetchPage(url: string, signal: AbortSignal): Promise<PageResult> {
  try {
    const startMs = performance.now();
    const first = await load(url, signal);
    const loadedMs = performance.now() - startMs;
    const again = await load(url, signal);
    return {
      loadedMs,
      files: first.length,
      edgeHits: again.filter((edge) => edge === 'hit').length,
      hasEdge: [...first, ...again].some((edge) => edge !== 'none'),
    };
  } catch (error) {
    signal.throwIfAborted();
    return { failure: causeOf(error) };
  }
}

/** The page, its data, and the files that it names. */
async function load(
  url: string,
  signal: AbortSignal,
): Promise<readonly ('none' | 'hit' | 'miss')[]> {
  const page = await get(url, signal);
  if (!/<title>/i.test(page.body)) throw new Error('it answers with another page');
  const drop = await get(new URL('drop.json', url).href, signal);
  if (!drop.body.startsWith('{')) throw new Error('its drop.json is none');
  const files = filesOf(page.body, url);
  const fetched = await Promise.all(files.map((file) => get(file, signal)));
  return [page, drop, ...fetched].map(({ edge }) => edge);
}

/** Scripts, styles and icons of the same address. Pure. */
export function filesOf(html: string, url: string): readonly string[] {
  const base = new URL(url);
  const names = [...html.matchAll(/<(?:script|link|img)\b[^>]*?\s(?:src|href)="([^"]+)"/g)];
  const all = names.flatMap(([, name = '']) => {
    const plain = name.replaceAll('&amp;', '&');
    if (!URL.canParse(plain, base.href)) return [];
    const file = new URL(plain, base.href);
    const isOther = file.origin === base.origin && file.href !== base.href;
    // The stream is looked at by itself, and is not there while no drop is live.
    return isOther && !file.pathname.includes('/live/') ? [file.href] : [];
  });
  return [...new Set(all)].slice(0, FILES_MAX);
}

async function get(url: string, signal: AbortSignal) {
  const response = await fetch(url, {
    headers: HEADERS,
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  const declared = Number(response.headers.get('content-length') ?? 0);
  if (declared > BODY_MAX_BYTES) throw new Error(`${new URL(url).pathname} is too large`);
  const body = await response.text();
  if (!response.ok) throw new Error(`${new URL(url).pathname}: ${response.status}`);
  return { body, edge: edgeOf((name) => response.headers.get(name)) };
}

/** fetch says `fetch failed`, and why only in its cause. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`;
  const { cause } = error;
  const message = cause instanceof Error && cause.message !== '' ? cause.message : error.message;
  return message.slice(0, 200);
}
