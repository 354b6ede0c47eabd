/** The destination that the set-up asks for, gone back to. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  missingOf,
  ownDestination,
  withDestination,
} from '../../../../daemon/web/page/setup/destination.ts';

const test = suite('destination of the set-up');

const target = { kind: 'srt', host: 'studio.example.org', port: 9000 };
const other = { id: 'archive', kind: 'srt', host: 'other.example.org', port: 9001 };

test('one that was entered is found again, and one that is chosen anew takes its place', () => {
  const uplink = withDestination(null, target);
  assert.equal(ownDestination(uplink), { id: 'first', ...target });
  const moved = { ...target, port: 9002 };
  assert.equal(withDestination(uplink, moved)?.destinations, [{ id: 'first', ...moved }]);
  assert.is(ownDestination(undefined), undefined);
});

test('only to this room takes it away again, and leaves what others have set', () => {
  assert.is(withDestination(withDestination(null, target), undefined), null);
  const withOther = withDestination({ destinations: [other] }, target);
  assert.equal(withDestination(withOther, undefined), { destinations: [other] });
  const bonded = { host: 'relay.example.org', destinations: [] };
  assert.equal(withDestination(withDestination(bonded, target), undefined), bonded);
});

test('what is missing of it is named before the box is asked', () => {
  const url = 'rtmps://a.rtmps.youtube.com/live2';
  assert.is(missingOf({ kind: 'rtmp', url, hasKey: true }), undefined);
  assert.is(missingOf({ kind: 'rtmp', url, hasKey: false }), 'key');
  for (const bad of ['', 'youtube.com/live2', 'rtmp://host', 'https://a/b', 'rtmp://a b/c']) {
    assert.is(missingOf({ kind: 'rtmp', url: bad, hasKey: true }), 'address', bad);
  }
  assert.is(missingOf({ kind: 'srt', host: 'studio.example.org', port: '9000' }), undefined);
  for (const [host, port] of [
    ['', '9000'],
    ['studio', ''],
    ['studio', '0'],
    ['studio', '70000'],
    ['studio', 'x'],
  ] as const) {
    assert.is(missingOf({ kind: 'srt', host, port }), 'receiver', `${host} ${port}`);
  }
});

test.run();
