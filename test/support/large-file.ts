/** A file of 40 MB for tests, all of it a hole. */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Reply, reply } from '../../pipelines/http/reply.ts';

export function makeLargeFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-large-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'large');
  writeFileSync(path, '');
  truncateSync(path, 40_000_000);
  return path;
}

export function fileReplyOf(path: string): Reply {
  return {
    ...reply(200, [], { type: 'video/mp4', cacheS: 0 }),
    headers: ['Content-Length', '40000000'],
    file: { path, from: 0, to: 39_999_999 },
  };
}
