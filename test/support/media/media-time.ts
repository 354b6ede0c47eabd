/** Media time and dates of a stream as viewers get them. */
import { readFragment } from '../../../pipelines/mp4/fragment.ts';
import { readInit } from '../../../pipelines/mp4/init.ts';

/** Of the oldest listed segment. @param playlistUrl Of a rendition. */
export async function mediaTimeOf(
  playlistUrl: string,
): Promise<{ readonly mediaMs: number; readonly dateMs: number }> {
  const bytesOf = async (uri: string) =>
    Buffer.from(await (await fetch(new URL(uri, playlistUrl))).arrayBuffer());
  const text = await (await fetch(playlistUrl)).text();
  const [, date = ''] = /PROGRAM-DATE-TIME:(\S+)/.exec(text) ?? [];
  const [, map = ''] = /EXT-X-MAP:URI="([^"]+)"/.exec(text) ?? [];
  const [, segment = ''] = /^(\d+\.m4s)$/m.exec(text) ?? [];
  const init = readInit(await bytesOf(map));
  const fragment = readFragment(await bytesOf(segment));
  if (init === undefined || fragment === undefined) throw new Error(`no media: ${text}`);
  return {
    mediaMs: (fragment.decodeTicks * 1000) / init.timescale,
    dateMs: Date.parse(date),
  };
}
