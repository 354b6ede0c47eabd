/** Camera and uplink run while the drop or a rehearsal wants them. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NOTHING_HIDDEN, type OwnPath, withHiddenRun } from '../../../daemon/media/hidden-run.ts';

const test = suite('hidden run');

function openPath() {
  const now = { capturing: false, uplinking: false, publishing: false, clock: false, blocked: '' };
  const did: string[] = [];
  const path = {
    setCapturing: (isWanted: boolean) => {
      now.capturing = isWanted;
      did.push(`capture ${isWanted}`);
    },
    setUplinking: (isWanted: boolean) => {
      now.uplinking = isWanted;
    },
    setPublishing: (isWanted: boolean) => {
      now.publishing = isWanted;
    },
    showClock: (isOn: boolean) => {
      now.clock = isOn;
    },
    blockLinks: (ids: readonly string[]) => {
      now.blocked = ids.join();
    },
  };
  return { now, did, path: withHiddenRun(path as unknown as OwnPath) };
}

const ALL = { isCapturing: true, isUplinking: true, hasClock: true, blockedLinks: ['five'] };

const ON = { capturing: true, uplinking: true, publishing: false, clock: false, blocked: '' };

test('a rehearsal runs all of it hidden but what shows it to the world, and leaves nothing behind', () => {
  const { now, did, path } = openPath();
  path.setHidden(ALL);
  assert.equal(now, { ...ON, clock: true, blocked: 'five' });
  path.setHidden(NOTHING_HIDDEN);
  assert.equal(now, { ...ON, capturing: false, uplinking: false });
  assert.equal(did, ['capture true', 'capture false']);
});

test('a drop that begins in a rehearsal keeps camera and uplink when the rehearsal ends', () => {
  const { now, path } = openPath();
  path.setHidden(ALL);
  path.setCapturing(true);
  path.setUplinking(true);
  path.setHidden(NOTHING_HIDDEN);
  assert.equal(now, { ...ON, publishing: true });
});

test('whatever comes in which order, each part runs while one of the two wants it', () => {
  const step = fc.record({
    who: fc.constantFrom('drop' as const, 'hidden' as const),
    isCapturing: fc.boolean(),
    isUplinking: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const { now, path } = openPath();
      const wanted = { drop: NOTHING_HIDDEN, hidden: NOTHING_HIDDEN };
      for (const { who, ...wants } of steps) {
        wanted[who] = { ...NOTHING_HIDDEN, ...wants };
        if (who === 'hidden') path.setHidden(wanted.hidden);
        else {
          path.setCapturing(wants.isCapturing);
          path.setUplinking(wants.isUplinking);
        }
        const of = (key: 'isCapturing' | 'isUplinking') => wanted.drop[key] || wanted.hidden[key];
        assert.equal([now.capturing, now.uplinking], [of('isCapturing'), of('isUplinking')]);
      }
    }),
    { seed: 3, numRuns: 200 },
  );
});

test.run();
