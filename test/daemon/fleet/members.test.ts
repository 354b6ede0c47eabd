/** The other boxes of a fleet, as one box knows them by what it receives. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Members, OTHERS_MAX } from '../../../daemon/fleet/members.ts';

const test = suite('the boxes of a fleet');

const START_MS = Date.UTC(2026, 11, 4, 18);
const MINUTE_MS = 60_000;

const said = (changes: object = {}) => ({
  ...{ fleet: 'tour', leader: 'corner', phase: 'idle', ready: 'unchecked', viewers: null },
  ...{ health: 'ok', clock_synced: true, operator_url: 'http://10.0.0.7:8081/' },
  drop: { id: 'friday', title: 'Friday', starts_at: '2026-12-04T20:00:00Z', ends_at: null },
  ts: new Date(START_MS).toISOString(),
  ...changes,
});

/** Members of `tour` as the box `corner` sees them. */
function start() {
  const members = new Members('tour', 'corner');
  let monotonicMs = 1_000;
  const now = () => ({ wallMs: START_MS + monotonicMs - 1_000, monotonicMs });
  const send = (box: string, kind: string, payload: string | Buffer) =>
    members.receive({ topic: `venuebox/v1/${box}/${kind}`, payload: Buffer.from(payload) }, now());
  return {
    members,
    send,
    say: (box: string, changes: object = {}) => {
      const ts = new Date(now().wallMs).toISOString();
      return send(box, 'fleet', JSON.stringify(said({ ts, ...changes })));
    },
    pass: (ms: number) => {
      monotonicMs += ms;
    },
    list: () => members.list(now()),
    names: () => members.list(now()).map(({ name, isAway }) => (isAway ? `${name} away` : name)),
  };
}

test('boxes of the same fleet are listed by name, others and the box itself are not', () => {
  const { say, names } = start();
  say('market');
  say('alley');
  say('corner');
  say('stranger', { fleet: 'other' });
  assert.equal(names(), ['alley', 'market']);
});

test('a broker on which a stranger floods under made-up names leaves the fleet as it is', () => {
  const { say, send, pass, names } = start();
  say('alley');
  for (let s = 0; s < 300; s += 1) {
    for (let n = 0; n < 300; n += 1) send(`made-up-${(300 * s + n) % 2_000}`, 'fleet', '{}');
    if (s % 60 === 59) say('alley');
    pass(1_000);
  }
  assert.equal(names(), ['alley']);
});

test('a box that leaves the fleet, or clears what it said, is not listed any more', () => {
  const { say, send, names } = start();
  for (const box of ['alley', 'market', 'shop']) say(box);
  say('alley', { fleet: 'other' });
  send('market', 'fleet', '');
  assert.equal(names(), ['shop']);
});

test('a box is away by its last will, whichever message came first, and back with the next', () => {
  const { say, send, names } = start();
  send('alley', 'availability', 'offline');
  say('alley');
  say('market');
  send('market', 'availability', 'online');
  assert.equal(names(), ['alley away', 'market']);
  send('market', 'availability', 'offline');
  send('alley', 'availability', 'online');
  assert.equal(names(), ['alley', 'market away']);
});

test('without news for some minutes it is away, and after a day it is forgotten', () => {
  const { say, pass, names } = start();
  say('alley');
  pass(2 * MINUTE_MS);
  say('market');
  pass(2 * MINUTE_MS);
  assert.equal(names(), ['alley away', 'market']);
  pass(24 * 60 * MINUTE_MS);
  assert.equal(names(), []);
});

test('a message that the broker has kept for more than a day brings nobody back', () => {
  const { members, say, names } = start();
  const ts = new Date(START_MS - 25 * 60 * MINUTE_MS).toISOString();
  say('alley', { ts });
  assert.equal(names(), []);
  // It speaks: its clock is wrong.
  say('alley', { ts });
  assert.equal(names(), ['alley']);
  members.connected();
  say('market', { ts });
  assert.equal(names(), ['alley']);
});

test('how far a clock is ahead is known from the second message on', () => {
  const { members, say, list } = start();
  const at = (aheadMs: number) => ({ ts: new Date(START_MS + aheadMs).toISOString() });
  say('alley', at(-3_600_000));
  assert.is(list()[0]?.clockAheadMs, undefined);
  say('alley', at(90_000));
  assert.is(list()[0]?.clockAheadMs, 90_000);
  members.connected();
  say('alley', at(-3_600_000));
  assert.is(list()[0]?.clockAheadMs, 90_000, 'kept by the broker while this box was away');
});

test('there are fifty boxes at most; one that is away gives its place to a new one', () => {
  const { members, say, send, names } = start();
  for (let i = 0; i < 200; i += 1) say(`box-${String(i).padStart(3, '0')}`);
  assert.is(names().length, OTHERS_MAX);
  assert.is(members.leftOut, 200 - OTHERS_MAX);
  assert.not(names().includes('box-100'));
  send('box-007', 'availability', 'offline');
  say('box-100');
  assert.is(names().length, OTHERS_MAX);
  assert.ok(names().includes('box-100'));
  assert.not(names().includes('box-007 away'));
});

test('what the leader shows is known once it has spoken, and after it has gone', () => {
  const { members, say, send } = start();
  assert.is(members.dropOf('alley'), undefined);
  say('alley');
  send('alley', 'availability', 'offline');
  assert.is(members.dropOf('alley')?.id, 'friday');
  say('alley', { drop: null });
  assert.is(members.dropOf('alley'), null);
});

test('a poster counts for boxes of the fleet alone', () => {
  const { say, send } = start();
  say('alley');
  assert.is(send('alley', 'poster', '{}'), 'alley');
  assert.is(send('market', 'poster', '{}'), undefined);
});

test('a newer box may say more, and nonsense changes nothing', () => {
  const { say, send, names, list } = start();
  say('alley', { mood: 'good', drop: { ...said().drop, stage: 'left' } });
  const before = JSON.stringify(list());
  for (const text of ['{', 'null', '[]', '{"fleet":"tour"}', 'x'.repeat(5_000)]) {
    send('alley', 'fleet', text);
  }
  send('alley', 'fleet', JSON.stringify(said({ drop: { id: 'NOT A NAME', title: 'x' } })));
  send('alley', 'fleet', JSON.stringify(said({ operator_url: 'x'.repeat(300) })));
  send('UPPER', 'fleet', JSON.stringify(said()));
  send('a/b', 'fleet', JSON.stringify(said()));
  assert.equal(names(), ['alley']);
  assert.is(JSON.stringify(list()), before);
});

test('whatever anybody on the broker sends, nothing throws and nothing grows', () => {
  const box = fc.oneof(fc.constantFrom('alley', 'market'), fc.stringMatching(/^[a-z0-9-]{1,33}$/));
  const kind = fc.constantFrom('fleet', 'availability', 'poster', 'cmd/mark');
  const field = fc.constantFrom(...Object.keys(said()));
  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
    fc.constant(Buffer.from(JSON.stringify(said()))),
    fc
      .tuple(field, fc.jsonValue())
      .map(([key, value]) => Buffer.from(JSON.stringify(said({ [key]: value })))),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(box, kind, payload), { maxLength: 300 }), (messages) => {
      const { send, list, members } = start();
      for (const message of messages) send(...message);
      assert.ok(list().length <= OTHERS_MAX);
      assert.ok(members.leftOut <= 256);
      for (const one of list()) assert.match(one.name, /^[a-z0-9][a-z0-9-]{0,31}$/);
    }),
    { numRuns: 60 },
  );
});

test.run();
