/** Registration of links, with each packet lost in turn. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Registration,
  type RegistrationAction,
  type RegistrationEvent,
  startRegistration,
  stepRegistration,
} from '../../../../pipelines/bond/core/register.ts';
import type { SrtlaPacket } from '../../../../pipelines/bond/wire/packet.ts';
import { seeded } from '../../../support/seeded.ts';
import { Venue } from '../support/simulated-venue.ts';

const test = suite('SRTLA registration');

/** Keeps the state between steps and returns each step's actions. */
function begin(): (event: RegistrationEvent, nowMs: number) => readonly RegistrationAction[] {
  let state: Registration = startRegistration(Buffer.alloc(256, 1));
  return (event, nowMs) => {
    const step = stepRegistration(state, event, nowMs);
    state = step.next;
    return step.actions;
  };
}

const received = (slot: number, packet: SrtlaPacket): RegistrationEvent => ({
  kind: 'packet',
  slot,
  packet,
});
const groupId = Buffer.concat([Buffer.alloc(128, 1), Buffer.alloc(128, 9)]);
const kinds = (actions: readonly RegistrationAction[]) =>
  actions.map((action) => (action.kind === 'send' ? action.packet.kind : action.kind));

test('a new sender tries REG2, gets a group by REG1 and joins with every link', () => {
  const step = begin();
  step({ kind: 'opened', slot: 0 }, 0);
  step({ kind: 'opened', slot: 1 }, 0);
  assert.equal(kinds(step({ kind: 'tick' }, 0)), ['reg2', 'reg2']);
  assert.equal(kinds(step(received(1, { kind: 'no-group' }), 50)), ['reg1']);
  assert.equal(kinds(step(received(0, { kind: 'no-group' }), 60)), [], 'one exchange at a time');
  assert.equal(kinds(step(received(1, { kind: 'reg2', id: groupId }), 100)), ['reg2', 'reg2']);
  assert.equal(kinds(step(received(0, { kind: 'reg3' }), 150)), ['joined']);
  assert.equal(kinds(step(received(1, { kind: 'reg3' }), 150)), ['joined']);
  assert.equal(kinds(step({ kind: 'tick' }, 5000)), []);
});

test('a late no-group of a slower link does not request another group', () => {
  const step = begin();
  for (const slot of [0, 1]) step({ kind: 'opened', slot }, 0);
  step({ kind: 'tick' }, 0);
  step(received(0, { kind: 'no-group' }), 50);
  step(received(0, { kind: 'reg2', id: groupId }), 100);
  assert.equal(kinds(step(received(1, { kind: 'no-group' }), 120)), []);
  assert.equal(kinds(step(received(0, { kind: 'reg3' }), 150)), ['joined']);
});

test('while no link is heard of, those in the group ask whether the receiver still knows it', () => {
  const step = begin();
  for (const slot of [0, 1]) step({ kind: 'opened', slot }, 0);
  step({ kind: 'tick' }, 0);
  step(received(0, { kind: 'no-group' }), 50);
  step(received(0, { kind: 'reg2', id: groupId }), 100);
  for (const slot of [0, 1]) step(received(slot, { kind: 'reg3' }), 150);
  assert.equal(kinds(step({ kind: 'tick', isSilent: false }, 8000)), []);
  assert.equal(kinds(step(received(1, { kind: 'no-group' }), 8010)), [], 'a link is heard of');
  const silent = { kind: 'tick', isSilent: true } as const;
  assert.equal(kinds(step(silent, 9000)), ['reg2', 'reg2'], 'by the same sockets');
  assert.equal(kinds(step(silent, 9020)), []);
  assert.equal(kinds(step(received(0, { kind: 'reg3' }), 9050)), [], 'it does');
  assert.equal(kinds(step(silent, 9600)), ['reg2', 'reg2']);
  const forgotten = ['forgotten', 'forgotten', 'reg1'];
  assert.equal(kinds(step(received(1, { kind: 'no-group' }), 9650)), forgotten, 'it was restarted');
  assert.equal(kinds(step(received(1, { kind: 'reg2', id: groupId }), 9700)), ['reg2', 'reg2']);
  assert.equal(kinds(step(received(0, { kind: 'reg3' }), 9750)), ['joined']);
});

for (let seed = 1; seed <= 8; seed += 1) {
  test(`after a restart of the relay the stream is back within three seconds (seed ${seed})`, () => {
    const random = seeded(seed);
    const links = Array.from({ length: 1 + (seed % 3) }, () => ({
      ...{ delayMs: 5 + 145 * random(), jitterMs: 30 * random(), rateBps: 4e6 },
      lossRatio: 0.02 * random(),
    }));
    const venue = new Venue({ links, bitrateBps: 600_000, seed });
    venue.run(6000 + 1000 * random());
    venue.restartRelay();
    venue.run(3000);
    const { received } = venue.receiver;
    venue.run(1000);
    assert.ok(venue.receiver.received > received + 28, `${venue.receiver.received - received}`);
  });
}

test('after a restart of the relay the encoder is told once that its connection has ended', () => {
  const link = { delayMs: 25, rateBps: 4e6 };
  const venue = new Venue({ links: [link, link], bitrateBps: 600_000 });
  venue.run(4000);
  venue.cut(0);
  venue.run(6000);
  venue.cut(0, false);
  venue.run(3000);
  assert.is(venue.hungUp, 0, 'the group goes on by its other link');
  venue.restartRelay();
  venue.run(3000);
  assert.is(venue.hungUp, 1);
});

test('a link that is in stays in, whatever a superfluous request is answered', () => {
  const step = begin();
  for (const slot of [0, 1]) step({ kind: 'opened', slot }, 0);
  step({ kind: 'tick' }, 0);
  step(received(1, { kind: 'no-group' }), 50);
  step(received(1, { kind: 'reg3' }), 60);
  assert.equal(kinds(step(received(1, { kind: 'reg-err' }), 70)), []);
  assert.equal(kinds(step({ kind: 'tick' }, 5000)), ['rebind'], 'the other one only');
});

test('a group id that does not match the sender`s half is refused', () => {
  const step = begin();
  step({ kind: 'opened', slot: 0 }, 0);
  step({ kind: 'tick' }, 0);
  step(received(0, { kind: 'no-group' }), 10);
  assert.equal(step(received(0, { kind: 'reg2', id: Buffer.alloc(256, 5) }), 20), []);
});

test('an unanswered REG1 is repeated after a second, from another port', () => {
  const step = begin();
  step({ kind: 'opened', slot: 0 }, 0);
  step({ kind: 'tick' }, 0);
  step(received(0, { kind: 'no-group' }), 10);
  assert.equal(kinds(step({ kind: 'tick' }, 900)), []);
  assert.equal(kinds(step({ kind: 'tick' }, 1010)), ['rebind']);
});

test('where the quickest link does not answer REG1, another one is asked, and it again if alone', () => {
  const step = begin();
  for (const slot of [0, 1]) step({ kind: 'opened', slot }, 0);
  step({ kind: 'tick' }, 0);
  assert.equal(kinds(step(received(0, { kind: 'no-group' }), 10)), ['reg1']);
  step({ kind: 'tick' }, 1_010);
  assert.equal(step(received(0, { kind: 'no-group' }), 1_020), []);
  assert.equal(kinds(step(received(1, { kind: 'no-group' }), 1_100)), ['reg1']);
  step({ kind: 'tick' }, 3_100);
  assert.equal(step(received(1, { kind: 'no-group' }), 3_150), []);
  assert.equal(kinds(step(received(1, { kind: 'no-group' }), 3_650)), ['reg1']);
});

test('it is so after a restart of the relay, too, and the links are forgotten once', () => {
  const step = begin();
  for (const slot of [0, 1]) step({ kind: 'opened', slot }, 0);
  step({ kind: 'tick' }, 0);
  step(received(0, { kind: 'no-group' }), 50);
  step(received(0, { kind: 'reg2', id: groupId }), 100);
  for (const slot of [0, 1]) step(received(slot, { kind: 'reg3' }), 150);
  const silent = { kind: 'tick', isSilent: true } as const;
  step(silent, 9_000);
  const forgotten = ['forgotten', 'forgotten', 'reg1'];
  assert.equal(kinds(step(received(0, { kind: 'no-group' }), 9_050)), forgotten);
  assert.equal(kinds(step(silent, 10_050)), ['rebind']);
  assert.equal(step(received(0, { kind: 'no-group' }), 10_060), []);
  assert.equal(kinds(step(received(1, { kind: 'no-group' }), 10_100)), ['reg1']);
  assert.equal(kinds(step(received(1, { kind: 'reg2', id: groupId }), 10_150)), ['reg2', 'reg2']);
  for (const slot of [0, 1])
    assert.equal(kinds(step(received(slot, { kind: 'reg3' }), 10_200)), ['joined']);
});

test('a refused REG1 leads to another port at once', () => {
  const step = begin();
  step({ kind: 'opened', slot: 0 }, 0);
  step({ kind: 'tick' }, 0);
  step(received(0, { kind: 'no-group' }), 10);
  assert.equal(kinds(step(received(0, { kind: 'reg-err' }), 20)), ['rebind']);
});

test('while a link is in, a stray no-group starts no new group', () => {
  const step = begin();
  step({ kind: 'opened', slot: 0 }, 0);
  step({ kind: 'opened', slot: 1 }, 0);
  step(received(0, { kind: 'reg3' }), 10);
  assert.equal(step(received(1, { kind: 'no-group' }), 20), []);
});

test('REG2 is repeated without end: two a second for an hour without an answer', () => {
  const step = begin();
  step({ kind: 'opened', slot: 0 }, 0);
  let sent = 0;
  for (let nowMs = 0; nowMs < 3_600_000; nowMs += 20) {
    sent += step({ kind: 'tick' }, nowMs).filter(({ kind }) => kind === 'send').length;
  }
  assert.is(sent, 7200);
});

test('a link that is out gets a new socket after 3 s, then with growing pauses', () => {
  const step = begin();
  step({ kind: 'opened', slot: 0 }, 0);
  const atMs: number[] = [];
  for (let nowMs = 0; nowMs < 200_000; nowMs += 20) {
    if (!kinds(step({ kind: 'tick' }, nowMs)).includes('rebind')) continue;
    atMs.push(nowMs);
    step({ kind: 'opened', slot: 0 }, nowMs + 10);
  }
  assert.equal(atMs, [3000, 9000, 21_000, 45_000, 93_000, 153_000]);
  step(received(0, { kind: 'reg3' }), 200_000);
  step({ kind: 'lost', slot: 0 }, 300_000);
  assert.equal(kinds(step({ kind: 'tick' }, 302_900)), ['reg2']);
  assert.equal(kinds(step({ kind: 'tick' }, 303_000)), ['rebind'], 'three seconds again');
});

const LOST = [
  ['REG2', 0x9201, true],
  ['no-group', 0x9211, false],
  ['REG1', 0x9200, true],
  ['the answer to REG1', 0x9201, false],
  ['REG3', 0x9202, false],
] as const;

for (const [name, type, isUp] of LOST) {
  for (const count of [1, 2]) {
    test(`with ${name} lost ${count} link(s) are registered within 3 s`, () => {
      for (const nth of [1, 2, 3]) {
        let seen = 0;
        const links = [{ delayMs: 25 }, { delayMs: 150 }].slice(0, count);
        const drops = (datagram: Buffer, goesUp: boolean) =>
          goesUp === isUp && datagram.readUInt16BE(0) === type && ++seen === nth;
        const venue = new Venue({ links, drops });
        venue.run(3000, false);
        for (const { state } of venue.snapshot().links) assert.is(state, 'active');
      }
    });
  }
}

test.run();
