/** An LL-HLS origin with real sockets that counts the requests it gets. */
import { type Feed, openFeed } from './feed.ts';
import { freePort } from './free-port.ts';
import { type Served, serve } from './viewer-server.ts';

/** A box's origin with real sockets, whose stream a test drives and whose requests are counted. */
export interface CountedOrigin extends AsyncDisposable {
  readonly url: string;
  readonly feed: Feed;
  /** Path and query of each request, in order. */
  readonly asked: string[];
  /** The next part of `high`. */
  next(): { readonly msn: number; readonly part: number };
  /** Goes on until that part is there, and answers who waits. */
  advance(): void;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

export async function openCountedOrigin(): Promise<CountedOrigin> {
  const feed = openFeed({ windowS: 6 });
  feed.run(8);
  const port = await freePort();
  const asked: string[] = [];
  const open = () =>
    serve((request) => {
      const query = request.query.toString();
      asked.push(query === '' ? request.path : `${request.path}?${query}`);
      return feed.origin.answer(request);
    }, port);
  let server: Served = await open();
  const next = () => {
    const found = feed.presentation.tracks()[0]?.window.next();
    if (found?.part === undefined) throw new Error('the stream does not run');
    return { msn: found.msn, part: found.part };
  };
  return {
    url: `http://127.0.0.1:${port}`,
    feed,
    asked,
    next,
    advance: () => {
      const { msn, part } = next();
      for (let i = 0; i < 20 && next().msn === msn && next().part === part; i += 1) feed.run(0.05);
      for (const { id } of feed.presentation.tracks()) server.wake(id);
    },
    kill: async () => {
      await server[Symbol.asyncDispose]();
    },
    restart: async () => {
      server = await open();
    },
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
    },
  };
}

/**
 * Viewers of `high` that go along part by part. Each step, all ask at once for the
 * playlist and for the part that come next, and are held until the stream goes on.
 *
 * @param isHeld Resolves when the origin has what it is to be asked in that step.
 * @returns the statuses that were seen, and how many parts came.
 */
export async function followTogether(
  base: string,
  origin: CountedOrigin,
  { viewers, steps }: { readonly viewers: number; readonly steps: number },
  isHeld: (step: number) => Promise<void>,
): Promise<{ readonly statuses: ReadonlySet<number>; readonly parts: number }> {
  const statuses = new Set<number>();
  let parts = 0;
  for (let step = 1; step <= steps; step += 1) {
    const { msn, part } = origin.next();
    const paths = [
      `/live/high/index.m3u8?_HLS_msn=${msn}&_HLS_part=${part}&_HLS_skip=YES`,
      `/live/high/${msn}.${part}.m4s`,
    ];
    const answered = Promise.all(
      Array.from({ length: viewers }, () =>
        paths.map(async (path) => {
          const reply = await fetch(`${base}${path}`);
          statuses.add(reply.status);
          const { byteLength } = await reply.arrayBuffer();
          if (path.endsWith('.m4s') && byteLength > 0) parts += 1;
        }),
      ).flat(),
    );
    // Where the step fails before, the servers go and so do these.
    answered.catch(() => undefined);
    await isHeld(step);
    origin.advance();
    await answered;
  }
  return { statuses, parts };
}
