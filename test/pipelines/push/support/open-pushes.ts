/** Pushed streams, fed by a capture that a test drives. */
import type { HttpRequest } from '../../../../pipelines/http/handlers.ts';
import type { Reply } from '../../../../pipelines/http/reply.ts';
import { Pushes } from '../../../../pipelines/push/pushes.ts';
import { type FeedOptions, openFeed } from '../../../support/feed.ts';
import { openOutput } from './output.ts';

/** The pushed streams of a presentation whose capture a test drives. */
export function openPushes(options: FeedOptions = {}, hasOpus = false) {
  const feed = openFeed({
    ...options,
    events: {
      onPublish: (id) => pushes.collect(id),
      onFrame: (id, frame) => pushes.addFrame(id, frame),
    },
  });
  const pushes = new Pushes(feed.presentation, { hasOpus, nowMs: () => feed.nowUs() / 1000 });
  const ask = (path: string): Reply | undefined => {
    const [pathname = '', query = ''] = path.split('?');
    const request: HttpRequest = {
      path: pathname,
      query: new URLSearchParams(query),
      header: () => undefined,
    };
    return pushes.answer(request);
  };
  return {
    feed,
    pushes,
    ask,
    join: (path: string) => {
      const output = openOutput();
      const answer = ask(path);
      if (answer?.stream === undefined) throw new Error(`${path}: ${answer?.status}`);
      answer.stream(output);
      return output;
    },
  };
}
