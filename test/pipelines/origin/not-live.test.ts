/** The stream is refused while no drop is live. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openNotLiveFilter } from '../../../pipelines/origin/not-live.ts';

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

test.run();
