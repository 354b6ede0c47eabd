import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openNotLiveFilter } from '../../../pipelines/origin/not-live.ts';

const test = suite('the filter between stage and guests');

const KEY = '/preview/0123456789012345678901';

function openStage() {
  const filter = openNotLiveFilter(KEY);
  const ask = (path: string) => {
    const found = filter.admit({ path, query: new URLSearchParams(), header: () => undefined });
    return 'status' in found ? found.status : found.path;
  };
  return { filter, ask };
}

test('before a drop and after it the stage is for whoever has the crew’s path', () => {
  const { filter, ask } = openStage();
  for (const isOpen of [false, true, false]) {
    filter.setLive(isOpen);
    assert.is(ask('/live/mid/index.m3u8'), isOpen ? '/live/mid/index.m3u8' : 503);
    assert.is(ask(`${KEY}/live/mid/1.0.m4s`), '/live/mid/1.0.m4s');
  }
});

test('a wrong path is none of the stage, and what is not the stage is left alone', () => {
  const { ask } = openStage();
  for (const path of ['/preview/x/live/mid/1.0.m4s', `${KEY}/clips/x`, '/', '/preview//live/mid']) {
    assert.is(ask(path), path);
  }
});

test.run();
