/** The newest poster of this box, as its guests get it, in its smallest size. */
import { get } from 'node:http';
import { openAccess } from '../../pipelines/http/access/access.ts';
import type { Config } from '../config/config.ts';
import { isAny } from '../model/addresses.ts';
import { POSTER_BYTES_MAX } from '../model/fleet.ts';

/** 160 pixels wide: some 4 KB. */
const PATH = '/posters/live-160';
const TIMEOUT_MS = 5_000;

/** Asks the box's own server for guests. @returns undefined while it has none. Never rejects. */
export function openOwnPoster(
  { viewers, clips }: Pick<Config, 'viewers' | 'clips'>,
  nowMs: () => number,
): (signal: AbortSignal) => Promise<Buffer | undefined> {
  const host = isAny(viewers.host) ? '127.0.0.1' : viewers.host;
  return async (signal) => {
    try {
      const nowS = () => Math.floor(nowMs() / 1000);
      const path = openAccess(clips.token_secret_file, nowS).sign(PATH);
      return await download({ host, port: viewers.port, path }, signal);
    } catch {
      // The media process may just be restarting; what is wrong with the secret it says itself.
      return undefined;
    }
  };
}

/** Undefined for a longer answer, and one that is no JPEG. */
function download(
  at: { readonly host: string; readonly port: number; readonly path: string },
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { Accept: 'image/jpeg' };
    const limit = { signal, timeout: TIMEOUT_MS };
    const request = get({ ...at, headers, agent: false, ...limit }, (response) => {
      const isJpeg = response.headers['content-type'] === 'image/jpeg';
      if (response.statusCode !== 200 || !isJpeg) return give(undefined);
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > POSTER_BYTES_MAX) return give(undefined);
        chunks.push(chunk);
      });
      response.once('end', () => resolve(Buffer.concat(chunks)));
      response.once('error', reject);
    });
    const give = (nothing: undefined) => {
      request.destroy();
      resolve(nothing);
    };
    request.once('timeout', () => give(undefined));
    request.once('error', reject);
  });
}
