/** Answers a request for a clip's page, `/clip/<id>`. */
import type { ClipIndex } from '../clips/clip-index.ts';
import { renderClipPage } from '../clips/page.ts';
import { digestOf } from '../http/cache/digest.ts';
import type { HttpRequest } from '../http/handlers.ts';
import { type Reply, refuse } from '../http/reply.ts';
import { respond } from '../http/respond.ts';
import { chooseLanguage, DICTIONARIES } from '../player/text/languages.ts';

export interface ClipPageDeps {
  readonly clips: Pick<ClipIndex, 'has'>;
  readonly title: string;
  /** An address that shows a poster, where that takes a token. */
  readonly sign: (path: string) => string;
}

const CLIP_PAGE = /^\/clip\/([\w-]{11})(\/?)$/;
const PAGE_POLICY =
  "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const SECURITY_HEADERS = [
  'Content-Security-Policy',
  PAGE_POLICY,
  'X-Frame-Options',
  'DENY',
] as const;

/** Undefined for other paths; 404 for a clip that does not exist. */
export function clipPageReply(
  { path, header, ownAddress }: HttpRequest,
  { clips, title, sign }: ClipPageDeps,
): Reply | undefined {
  const [, id, slash] = CLIP_PAGE.exec(path) ?? [];
  if (id === undefined) return undefined;
  // The page's own addresses are relative.
  if (slash === '/') return refuse(301, 'without the slash', 5, ['Location', `../${id}`]);
  const movieName = `clip-${id}.mp4`;
  if (!clips.has(movieName)) return refuse(404, 'no such clip');
  const posterPath = sign(`/posters/${clipSlotOf(id)}-640`);
  const lang = chooseLanguage(header('accept-language') ?? '');
  const page = {
    lang,
    text: DICTIONARIES[lang],
    title,
    movieName,
    posterPath,
    url: `${ownAddress?.() ?? ''}${path}`,
  };
  const body = [Buffer.from(renderClipPage(page))];
  const freshness = { kind: 'revalidate' } as const;
  const type = 'text/html; charset=utf-8';
  const reply = respond(header, {
    ...{ type, body, digest: digestOf(body), freshness },
    vary: ['Accept-Language'],
  });
  return { ...reply, headers: [...reply.headers, ...SECURITY_HEADERS] };
}

/** Name of a clip's poster. Those names are lower-case; a clip's id is base64url. */
export function clipSlotOf(clipId: string): string {
  return `clip-${Buffer.from(clipId).toString('hex')}`.slice(0, 32);
}
