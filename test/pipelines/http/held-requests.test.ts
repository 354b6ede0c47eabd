/** Who may have requests held: few addresses do not take the places of all others. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { HeldRequests } from '../../../pipelines/http/held-requests.ts';
import { refuse } from '../../../pipelines/http/reply.ts';

const test = suite('held requests');
const LIMITS = { all: 240, ofAddress: 40 };

function open() {
  const held = new HeldRequests(LIMITS.all, LIMITS.ofAddress);
  const counts = new Map<string, number>();
  let isPublished = false;
  let nowMs = 0;
  const change = (address: string, by: number) =>
    counts.set(address, (counts.get(address) ?? 0) + by);
  /** False where it gets no place. */
  const hold = (address: string) => {
    let isHeld = true;
    const end = () => {
      assert.ok(isHeld, 'settled or left twice');
      isHeld = false;
      change(address, -1);
    };
    const wait = {
      ...{ wait: 'video', holdMs: 1_000, expired: () => refuse(503, 'late') },
      retry: () => (isPublished ? refuse(404, 'there') : undefined),
    };
    change(address, 1);
    const release = held.hold(wait, address, nowMs, end);
    if (release === undefined) end();
    const leave = () => {
      if (!isHeld) return;
      end();
      release?.();
    };
    return { leave, isHeld: () => isHeld };
  };
  const publish = () => {
    isPublished = true;
    held.wake('video');
    isPublished = false;
  };
  const pass = (ms: number) => {
    nowMs += ms;
    held.sweep(nowMs);
  };
  return { held, counts, hold, publish, pass };
}

test('twelve addresses hold all places, and each newcomer gets one', () => {
  const { held, hold } = open();
  for (let i = 0; i < 12 * LIMITS.ofAddress; i += 1) hold(`flood ${i % 12}`);
  assert.is(held.count, LIMITS.all);
  const guests = Array.from({ length: 100 }, (_, i) => hold(`guest ${i}`));
  assert.ok(guests.every(({ isHeld }) => isHeld()));
  assert.ok(held.count <= LIMITS.all);
});

test('whatever comes and goes: within the limits, and who holds least gets a place', () => {
  const step = fc.record({
    address: fc.integer({ min: 0, max: 30 }),
    act: fc.constantFrom('hold', 'hold', 'hold', 'hold', 'hold', 'leave', 'publish', 'pass'),
    times: fc.integer({ min: 1, max: 50 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const { held, counts, hold, publish, pass } = open();
      const all: ReturnType<typeof hold>[] = [];
      for (const { address, act, times } of steps) {
        if (act === 'publish') publish();
        else if (act === 'pass') pass(20 * times);
        else if (act === 'leave') all[(address * times) % Math.max(1, all.length)]?.leave();
        else {
          for (let i = 0; i < times; i += 1) {
            const name = `a${address}`;
            const own = counts.get(name) ?? 0;
            const most = Math.max(0, ...counts.values());
            const one = hold(name);
            const hasRoom = held.count < LIMITS.all || most > own + 1;
            if (own < LIMITS.ofAddress && hasRoom) assert.ok(one.isHeld(), `${own} of ${most}`);
            all.push(one);
          }
        }
        const sum = [...counts.values()].reduce((total, count) => total + count, 0);
        assert.is(held.count, sum);
        assert.ok(sum <= LIMITS.all && Math.max(0, ...counts.values()) <= LIMITS.ofAddress);
      }
      publish();
      assert.is(held.count, 0);
    }),
    { seed: 19, numRuns: 300 },
  );
});

test.run();
