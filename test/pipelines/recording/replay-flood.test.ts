/** What a flood of requests for the replay costs: its playlist is made once for all of them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Reply } from '../../../pipelines/http/reply.ts';
import { Replay, type ReplayEvent } from '../../../pipelines/recording/replay.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('flood of the replay');

const NAMES = ['venuebox-20261122T200000.000Z', 'venuebox-20261122T210000.000Z'];

const ask = (replay: Replay): Reply =>
  replay.answer({
    path: '/replay/index.m3u8',
    query: new URLSearchParams(),
    header: () => undefined,
  }) as Reply;

const bodyOf = (reply: Reply) => Buffer.concat(reply.body).toString();

const segments = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    ...{ offset: 100 + from + i, bytes: 1 },
    ...{ startUs: (from + i) * 4e6, durationUs: 4e6 },
  }));

function recorded(name: string, count: number, isRunning = true): ReplayEvent {
  const epochMs = Date.UTC(2026, 10, 22, name === NAMES[0] ? 20 : 21);
  const facts = { name, epochMs, dropId: 'evening', headerBytes: 100, isComplete: false };
  return { type: 'recording', recording: { ...facts, isRunning, segments: segments(0, count) } };
}

test('between two reports of the recorders all guests get the same bytes', () => {
  const replay = new Replay(600);
  replay.begin('evening');
  replay.apply('usb', '/usb', recorded(NAMES[0] ?? '', 900));
  const first = ask(replay);
  for (let i = 0; i < 100; i += 1) assert.is(ask(replay).body[0], first.body[0]);
  replay.apply('usb', '/usb', {
    ...{ type: 'segments', name: NAMES[0] ?? '', segments: segments(900, 1) },
  });
  assert.is.not(ask(replay).body[0], first.body[0]);
});

test('at random, whatever was asked before, it is what the reports say', () => {
  const random = seeded(31);
  const below = (count: number) => Math.floor(random() * count);
  for (let run = 0; run < 20; run += 1) {
    const acts: ((replay: Replay) => void)[] = [];
    const asked = new Replay(3_600);
    for (let i = 0; i < 30; i += 1) {
      const target = `disk ${below(2)}`;
      const name = NAMES[below(2)] ?? '';
      const count = below(4);
      const events: readonly ReplayEvent[] = [
        recorded(name, count, below(2) === 0),
        { type: 'segments', name, segments: segments(count, 1 + below(3)) },
        { type: 'ended', name, isComplete: below(2) === 0 },
        { type: 'deleted', name },
      ];
      const event = events[below(events.length)] as ReplayEvent;
      const drop = below(4) === 0 ? 'another' : 'evening';
      const others = [
        (replay: Replay) => replay.begin('evening'),
        (replay: Replay) => replay.end(),
        (replay: Replay) => replay.showLast(drop),
      ];
      const act =
        below(4) === 0
          ? (others[below(3)] ?? (() => undefined))
          : (replay: Replay) => replay.apply(target, `/${target}`, event);
      acts.push(act);
      act(asked);
      const fresh = new Replay(3_600);
      for (const one of acts) one(fresh);
      const [got, wanted] = [ask(asked), ask(fresh)];
      assert.equal([got.status, bodyOf(got)], [wanted.status, bodyOf(wanted)], `${run}, ${i}`);
    }
  }
});

test.run();
