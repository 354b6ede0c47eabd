import { digestOf } from './digest.ts';

const PATHS_MAX = 2_000;

/**
 * What a client asks once to learn which of its copies are still good: each
 * path with its ETag, as one small JSON document with an ETag of its own.
 *
 * ```
 * {"epoch":3,"assets":{"/poster/live-640":"x1Yz…"}}
 * ```
 */
export class Catalogue {
  readonly #etags = new Map<string, string>();
  #epoch: number;
  #rendered: { readonly body: Buffer; readonly etag: string } | undefined;

  constructor(epoch = 0) {
    this.#epoch = epoch;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Makes every copy that anybody holds invalid; the caller sets all paths anew. */
  nextEpoch(): void {
    this.#epoch += 1;
    this.#etags.clear();
    this.#rendered = undefined;
  }

  /** The oldest paths go where there are too many. */
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
    const body = Buffer.from(JSON.stringify({ epoch: this.#epoch, assets }));
    this.#rendered = { body, etag: digestOf([body]).etag };
    return this.#rendered;
  }
}
