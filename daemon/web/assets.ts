/** The files of the page, held in memory. */
import { readFileSync } from 'node:fs';
import type { Answer } from './answer.ts';

const BUILT = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/daemon/web/page/' : './page/',
  import.meta.url,
);

const FILES = [
  ['/', 'index.html', 'text/html; charset=utf-8'],
  ['/operator.css', 'operator.css', 'text/css; charset=utf-8'],
  ['/operator.js', 'operator.js', 'text/javascript; charset=utf-8'],
  ['/favicon.svg', 'favicon.svg', 'image/svg+xml'],
] as const;

/**
 * The page's files by path; they contain no secrets.
 *
 * @throws when the page is not built.
 */
export function openAssets(): ReadonlyMap<string, Answer> {
  return new Map(
    FILES.map(([path, name, type]) => [path, { status: 200, type, body: readBuilt(name) }]),
  );
}

function readBuilt(name: string): Buffer {
  try {
    return readFileSync(new URL(name, BUILT));
  } catch (cause) {
    throw new Error(`the operator's page is not built (${name}); run: npm run build`, { cause });
  }
}
