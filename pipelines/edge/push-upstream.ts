/** A pushed stream of the upstream, as it comes in. */
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type ReadRecord, RecordReader } from '../push/wire/reader.ts';
import { openUrlMap } from './url-map.ts';

/** Records come every second at least. */
const SILENT_MAX_MS = 5_000;

export interface UpstreamPush {
  /** 200, or why there is no stream. */
  readonly onStatus: (status: number) => void;
  readonly onRecord: (record: ReadRecord) => void;
}

/** Resolves when the response has ended; rejects where it failed. */
export type PushUpstream = (
  pathAndQuery: string,
  headers: Readonly<Record<string, string>>,
  events: UpstreamPush,
  signal: AbortSignal,
) => Promise<void>;

export function openPushUpstream(base: URL): PushUpstream {
  const target = openUrlMap(base);
  const request = base.protocol === 'https:' ? requestHttps : requestHttp;
  return async (pathAndQuery, headers, { onStatus, onRecord }, signal) => {
    const to = target(pathAndQuery);
    if (to === undefined) {
      onStatus(404);
      return;
    }
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      // A connection of its own, which ends with the stream.
      const sent = request(to, { headers, signal, agent: false }, resolve);
      sent.setTimeout(SILENT_MAX_MS, () => sent.destroy(new Error('the origin sends nothing')));
      sent.once('error', reject);
      sent.end();
    });
    const { statusCode = 0 } = response;
    onStatus(statusCode);
    if (statusCode !== 200) {
      response.destroy();
      return;
    }
    const reader = new RecordReader();
    for await (const chunk of response) {
      for (const record of reader.add(chunk as Buffer, 0)) onRecord(record);
    }
  };
}
