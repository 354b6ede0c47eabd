/** The catalogue of assets, `/assets.json`. */
import { digestOf } from './digest.ts';

const PATHS_MAX = 2_000;

/**
 * Each path with its ETag, so that a client validates all its copies by one request.
 * The document has an ETag of its own.
 *
 * ```
 * {"assets":{"/posters/live-640":"x1Yz…"}}
 * ```
 */
export class Catalogue {
  readonly #etags = new Map<string, string>();
  #rendered: { readonly body: Buffer; readonly etag: string } | undefined;

  /** Beyond PATHS_MAX the oldest path is removed. */
  set(path: string, etag: string): void {
    if (this.#etags.get(path) === etag) return;
    this.#etags.delete(path);
    this.#etags.set(path, etag);
    const oldest = this.#etags.keys().next().value;
    if (this.#etags.size > PATHS_MAX && oldest !== undefined) this.#etags.delete(oldest);
    this.#rendered = undefined;
  }

  delete(path: string): void {
    if (this.#etags.delete(path)) this.#rendered = undefined;
  }

  render(): { readonly body: Buffer; readonly etag: string } {
    if (this.#rendered !== undefined) return this.#rendered;
    const sorted = [...this.#etags].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const assets = Object.fromEntries(sorted.map(([path, etag]) => [path, etag.slice(1, -1)]));
    const body = Buffer.from(JSON.stringify({ assets }));
    this.#rendered = { body, etag: digestOf([body]).etag };
    return this.#rendered;
  }
}
