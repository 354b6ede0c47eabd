/** Asks the upstream for its renditions: all of them, or those of one viewer. */
import type { HttpRequest } from '../../http/handlers.ts';
import type { Reply } from '../../http/reply.ts';
import type { CdnLoop } from '../cdn-loop.ts';
import type { Edge } from '../edge.ts';
import { MAIN_PLAYLIST } from '../state.ts';
import type { Upstream } from '../upstream.ts';
import { type Ladder, readLadder } from './ladder.ts';
import type { EdgeWhepDeps } from './open.ts';

export interface LaddersDeps {
  readonly upstream: Upstream;
  readonly edge: Pick<Edge, 'answer' | 'poll'>;
  readonly loop: CdnLoop;
}

const TIMEOUT_MS = 3_000;
/** A box has all its renditions for it, by default. */
const FULL_PROFILE = 'laptop';

export function openLadders(deps: LaddersDeps): Pick<EdgeWhepDeps, 'ladder' | 'ladderFor'> {
  const { upstream, edge, loop } = deps;
  return {
    ladder: async (signal) => {
      try {
        const headers = { 'cdn-loop': loop.append(() => undefined) };
        const url = `${MAIN_PLAYLIST}?profile=${FULL_PROFILE}`;
        const { status, body } = await upstream(url, headers, TIMEOUT_MS, signal);
        return status === 200 ? readLadder(body.toString()) : undefined;
      } catch {
        // It is away, which its monitor reports.
        return undefined;
      }
    },
    ladderFor: (request) => ladderFor(request, edge),
  };
}

/** As the upstream answers this viewer: from the cache, or with a fetch that all viewers share. */
async function ladderFor(
  { query, header, ...request }: HttpRequest,
  edge: LaddersDeps['edge'],
): Promise<Ladder | undefined> {
  const profile = query.get('profile');
  const asked = {
    ...request,
    path: MAIN_PLAYLIST,
    query: new URLSearchParams(profile === null ? {} : { profile }),
    header: (name: string) => (name === 'accept-encoding' ? undefined : header(name)),
  };
  const answer = edge.answer(asked);
  if (!('wait' in answer)) return read(answer);
  await edge.poll(asked);
  return read(answer.retry());
}

function read(reply: Reply | undefined): Ladder | undefined {
  if (reply?.status !== 200) return undefined;
  return readLadder(Buffer.concat(reply.body).toString());
}
