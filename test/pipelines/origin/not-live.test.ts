/** The stream is refused while no drop is live. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { HttpRequest, Wait } from '../../../pipelines/http/handlers.ts';
import { type Reply, refuse, reply } from '../../../pipelines/http/reply.ts';
import { openNotLiveFilter, untilKnown } from '../../../pipelines/origin/not-live.ts';

const test = suite('access to the stream while it is not live');

const KEY = '/preview/0123456789012345678901';

function openFilter() {
  const filter = openNotLiveFilter(KEY);
  const ask = (path: string) => {
    const found = filter.admit({ path, query: new URLSearchParams(), header: () => undefined });
    return 'status' in found ? found.status : found.path;
  };
  return { filter, ask };
}

test('before a drop and after it only the preview path gives access to the stream', () => {
  const { filter, ask } = openFilter();
  for (const isLive of [false, true, false]) {
    filter.setLive(isLive);
    assert.is(ask('/live/mid/index.m3u8'), isLive ? '/live/mid/index.m3u8' : 503);
    assert.is(ask(`${KEY}/live/mid/1.0.m4s`), '/live/mid/1.0.m4s');
  }
});

test('a wrong preview path gives no access, and other paths are not changed', () => {
  const { ask } = openFilter();
  for (const path of ['/preview/x/live/mid/1.0.m4s', `${KEY}/clips/x`, '/', '/preview//live/mid']) {
    assert.is(ask(path), path);
  }
});

const asks = (path: string): HttpRequest => ({
  path,
  query: new URLSearchParams(),
  header: () => undefined,
});

test('a new process holds requests for the stream until it knows whether a drop is live', () => {
  for (const isLive of [false, true]) {
    const filter = openNotLiveFilter(KEY);
    let begun: Reply | undefined;
    const inner: Wait = {
      ...{ wait: 'high', holdMs: 1_000, retry: () => begun },
      expired: () => refuse(503, 'nothing came'),
    };
    const answer = untilKnown(filter, (request) => {
      const admitted = filter.admit(request);
      return 'status' in admitted ? admitted : inner;
    });
    assert.is(answer(asks('/')), inner, 'other paths are answered at once');
    const held = answer(asks('/live/high/index.m3u8'));
    assert.ok('wait' in held);
    begun = reply(200, [Buffer.from('stage')], { type: 'text/plain', cacheS: 0 });
    assert.is(held.retry(), undefined, 'the stage is not for guests before it is known');
    assert.is(held.expired().status, 503);
    filter.setLive(isLive);
    assert.is(held.retry()?.status, isLive ? 200 : 503);
    assert.is('wait' in answer(asks('/live/high/index.m3u8')), isLive);
  }
});

test.run();
