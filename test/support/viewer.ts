/**
 * A guest without a browser: `viewer.ts URL SECONDS` follows one rendition by blocking reloads
 * and the parts that are hinted at, and prints what it met as JSON.
 */
export interface Watched {
  readonly parts: number;
  /** Answers that were not 200. */
  readonly refused: number;
  /** Lost media and breaks of the timeline in any playlist. */
  readonly gaps: number;
}

const [, , url = '', seconds = '10'] = process.argv;
const endMs = Date.now() + Number(seconds) * 1000;
const playlistUrl = `${url}/live/mid/index.m3u8`;
let query = '';
let [parts, refused, gaps] = [0, 0, 0];
while (Date.now() < endMs) {
  const answer = await fetch(playlistUrl + query);
  const text = await answer.text();
  const hint = /TYPE=PART,URI="((\d+)\.(\d+)\.m4s)"/.exec(text);
  if (!answer.ok || hint === null) {
    refused += 1;
    continue;
  }
  if (/GAP=YES|EXT-X-GAP|EXT-X-DISCONTINUITY$/m.test(text)) gaps += 1;
  query = `?_HLS_msn=${hint[2]}&_HLS_part=${hint[3]}`;
  const part = await fetch(new URL(hint[1] ?? '', playlistUrl));
  await part.arrayBuffer();
  // A hint may be cancelled when a segment ends: the playlist says what came instead.
  if (part.ok) parts += 1;
  if (parts === 1) console.log('WATCHING');
}
console.log(JSON.stringify({ parts, refused, gaps } satisfies Watched));
