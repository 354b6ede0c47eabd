/** The files of the page, held in memory; the page itself in each language. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { LANGUAGES, type Language } from '../../pipelines/player/text/language.ts';
import type { Answer } from './answer.ts';
import { STAGE_TEXTS } from './page/text/stage/languages.ts';

/** A file as it is, and in gzip: the page's texts in all languages are long and alike. */
interface Coded {
  readonly plain: Answer;
  readonly gzipped: Answer;
}

/** @returns undefined for a path that is not a file's. */
export type Assets = (path: string, language: Language, isGzip: boolean) => Answer | undefined;

const BUILT = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/daemon/web/page/' : './page/',
  import.meta.url,
);

const FILES = [
  ['/operator.css', 'operator.css', 'text/css; charset=utf-8'],
  ['/operator.js', 'operator.js', 'text/javascript; charset=utf-8'],
] as const;

/**
 * The page's files by path; they contain no secrets.
 *
 * @throws when the page is not built.
 */
export function openAssets(): Assets {
  const files = new Map<string, Coded>(
    FILES.map(([path, name, type]) => [
      path,
      inBoth(type, readBuilt(name), readBuilt(`${name}.gz`)),
    ]),
  );
  files.set('/favicon.svg', inBoth('image/svg+xml', readBuilt('favicon.svg')));
  const template = readBuilt('index.html').toString();
  const pages = new Map(LANGUAGES.map((language) => [language, renderPage(template, language)]));
  return (path, language, isGzip) => {
    const found = path === '/' ? pages.get(language) : files.get(path);
    return isGzip ? found?.gzipped : found?.plain;
  };
}

/** @param template With `{{name}}` where a text belongs. */
function renderPage(template: string, language: Language): Coded {
  const texts: Readonly<Record<string, string>> = STAGE_TEXTS[language];
  const own = template.replace('<html lang="en">', `<html lang="${language}">`);
  const body = own.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => texts[name] ?? '');
  return inBoth('text/html; charset=utf-8', Buffer.from(body));
}

function inBoth(type: string, body: Buffer, gzipped: Buffer = gzipSync(body)): Coded {
  const headers = { Vary: 'Accept-Encoding, Accept-Language, Cookie' };
  const coded = { ...headers, 'Content-Encoding': 'gzip' };
  return {
    plain: { status: 200, type, body, headers },
    gzipped: { status: 200, type, body: gzipped, headers: coded },
  };
}

function readBuilt(name: string): Buffer {
  try {
    return readFileSync(new URL(name, BUILT));
  } catch (cause) {
    throw new Error(`the operator's page is not built (${name}); run: npm run build`, { cause });
  }
}
