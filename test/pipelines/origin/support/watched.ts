/** Streams of an LL-HLS origin, and a client that polls one through an outage. */
import type { Reply } from '../../../../pipelines/http/reply.ts';
import { type Feed, openFeed } from '../../../support/feed.ts';
import type { SeenPlaylist } from '../../../support/rules.ts';

const IDS = ['high', 'low', 'audio'] as const;

const HIGH = '/live/high/index.m3u8';

export function ran(seconds: number, options?: Parameters<typeof openFeed>[0]): Feed {
  const feed = openFeed(options);
  feed.run(seconds);
  return feed;
}

/** A stream that lived through an outage, seen by a client that polls five times a second. */
export function watched(): readonly SeenPlaylist[] {
  const feed = openFeed();
  const seen: SeenPlaylist[] = [];
  const poll = (seconds: number, step: (s: number) => void) => {
    for (let s = 0; s < seconds; s += 0.2) {
      step(0.2);
      for (const renditionId of IDS) {
        seen.push({
          renditionId,
          text: feed.text(`/live/${renditionId}/index.m3u8`),
          atMs: feed.nowUs() / 1000,
        });
      }
    }
  };
  feed.start();
  feed.run(0.5);
  poll(30, feed.run);
  feed.die();
  poll(4.1, feed.idle);
  feed.start();
  feed.run(0.5);
  poll(30, feed.run);
  return seen;
}

export function reply(feed: Feed, path: string, headers?: Readonly<Record<string, string>>): Reply {
  const answer = feed.get(path, headers);
  if ('wait' in answer) throw new Error(`${path} waits`);
  return answer;
}

export function edge(feed: Feed, id: string = 'high') {
  const at = feed.presentation
    .tracks()
    .find((track) => track.id === id)
    ?.window.edge();
  if (at === undefined) throw new Error('nothing is there yet');
  return at;
}

export function status(feed: Feed, query: string): number | 'wait' {
  const answer = feed.get(`${HIGH}?${query}`);
  return 'wait' in answer ? 'wait' : answer.status;
}
