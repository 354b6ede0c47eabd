/** Posters that cannot be made at once, on a machine that is busy. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PosterQueue } from '../../../pipelines/clips/poster-queue.ts';

const test = suite('queue of posters');

test('what is to be tried again is, in its turn; what is not, or never works, is reported once', async () => {
  const [failed, made]: [string[], string[]] = [[], []];
  const queue = new PosterQueue((what, reason) => failed.push(`${what}: ${reason}`));
  const { signal } = new AbortController();
  const add = (what: string, worksAt: number, tries?: number) => {
    let done = 0;
    const work = async () => {
      done += 1;
      if (done < worksAt) throw new Error(`try ${done}`);
      made.push(what);
    };
    queue.add(what, work, signal, tries);
  };
  add('live', 2);
  add('slow', 3, 4);
  add('bad', 9, 4);
  add('next', 1);
  await queue.finish();
  assert.equal(failed, ['live: try 1', 'bad: try 4']);
  assert.equal(made, ['slow', 'next']);
  assert.ok(queue.isIdle);
});

test('what is called off is neither tried again nor reported', async () => {
  const failed: string[] = [];
  const queue = new PosterQueue((what) => failed.push(what));
  const stop = new AbortController();
  let done = 0;
  const work = async () => {
    done += 1;
    stop.abort();
    throw new Error('ended');
  };
  queue.add('poster of a clip', work, stop.signal, 4);
  await queue.finish();
  assert.equal([done, failed], [1, []]);
});

test.run();
