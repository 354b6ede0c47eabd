/** What a failure of rtmp2sink means, for a person. Pure. */

/** GStreamer's words (gst-plugins-bad 1.22 and 1.26, gst/rtmp2), the more telling first. */
const MEANINGS: readonly (readonly [pattern: RegExp, meaning: string])[] = [
  [
    /publish|denied|rejected|BadName|authorized|authenti/i,
    'the server refused the stream; check its stream key',
  ],
  [/certificate|TLS/i, 'the server’s certificate is not accepted'],
  [/resolv|name or service/i, 'the name of the server is unknown'],
  [/refused/i, 'nothing listens at the server'],
  [/timed? ?out/i, 'the server does not answer'],
];

export function explainFailure(text: string): string {
  const [, meaning] = MEANINGS.find(([pattern]) => pattern.test(text)) ?? [];
  const detail = text.slice(0, 200);
  return meaning === undefined ? detail : `${meaning} (${detail})`;
}

/** A server may repeat the stream key in its refusal. */
export function withoutKey(text: string, key: string): string {
  return text.replaceAll(key, '…').replaceAll(encodeURIComponent(key), '…');
}
