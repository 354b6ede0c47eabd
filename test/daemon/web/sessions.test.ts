/** Sessions: their ids, their end, their number. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Sessions } from '../../../daemon/web/sessions.ts';

const test = suite('operator sessions');
const HOUR_MS = 3_600_000;
const TIMES = { idleMs: 2 * HOUR_MS, maxMs: 24 * HOUR_MS };
const WHO = { role: 'crew', from: 'phone' } as const;

test('a session is found by its id only, and its key is not the id', () => {
  const sessions = new Sessions(() => TIMES);
  const id = sessions.open(0, WHO);
  const key = sessions.use(id, 0);
  assert.ok(key);
  assert.is.not(key, id);
  assert.is(sessions.use(key, 0), undefined);
  assert.is(sessions.use('', 0), undefined);
  assert.is(sessions.use(undefined, 0), undefined);
});

test('an unused session ends; a used one continues', () => {
  const sessions = new Sessions(() => TIMES);
  const used = sessions.open(0, WHO);
  const idle = sessions.open(0, WHO);
  assert.ok(sessions.use(used, HOUR_MS));
  assert.ok(sessions.use(used, 2.5 * HOUR_MS));
  assert.is(sessions.use(idle, 2.5 * HOUR_MS), undefined);
});

test('an open page counts as use', () => {
  const sessions = new Sessions(() => TIMES);
  const id = sessions.open(0, WHO);
  const key = sessions.use(id, 0) ?? '';
  for (let hour = 1; hour < 10; hour += 1) assert.is(sessions.refresh(key, hour * HOUR_MS), true);
  assert.ok(sessions.use(id, 10 * HOUR_MS));
});

test('a day after sign-in a session ends, however much it is used', () => {
  const sessions = new Sessions(() => TIMES);
  const key = sessions.use(sessions.open(0, WHO), 0) ?? '';
  for (let hour = 1; hour < 24; hour += 1) assert.is(sessions.refresh(key, hour * HOUR_MS), true);
  assert.is(sessions.refresh(key, 24 * HOUR_MS), false);
});

test('the seventeenth session ends the one unused for longest', () => {
  const sessions = new Sessions(() => TIMES);
  const ids = Array.from({ length: 16 }, (_, i) => sessions.open(i, WHO));
  sessions.use(ids[0], 100);
  sessions.open(101, WHO);
  assert.ok(sessions.use(ids[0], 102));
  assert.is(sessions.use(ids[1], 102), undefined);
  assert.ok(sessions.use(ids[2], 102));
});

test.run();
