/** How a box follows its leader: what becomes of its own list. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { followStep } from '../../../daemon/fleet/follow.ts';
import { Follower } from '../../../daemon/fleet/follower.ts';
import { LeaderDropStore } from '../../../daemon/fleet/leader-drop-store.ts';
import type { Command, Outcome } from '../../../daemon/model/commands.ts';
import type { SharedDrop } from '../../../daemon/model/fleet.ts';
import type { PlannedDropInfo, PlannedPhase } from '../../../daemon/model/planned-drops.ts';
import { silentLog } from '../../../hal/os/log.ts';

const test = suite('following the leader of a fleet');

const planned = (id: string, phase: PlannedPhase = 'coming', startsAt = ''): PlannedDropInfo => ({
  ...{ id, title: id, startsAt, endsAt: '', pictureFile: '', profile: '', articles: 0, phase },
});
const shared = (id: string, starts: string | null = null): SharedDrop => ({
  ...{ id, title: id, starts_at: starts, ends_at: null },
});
const EIGHT = '2026-12-04T20:00:00Z';

test('the leader’s drop is added, and follows its times', () => {
  assert.is(followStep(shared('friday', EIGHT), { list: [] }, undefined).do, 'set');
  const list = [planned('friday', 'shown', EIGHT)];
  assert.is(
    followStep(shared('friday', '2026-12-04T20:00:00.000Z'), { list }, 'friday').do,
    'nothing',
  );
  assert.is(followStep(shared('friday', '2026-12-04T21:00:00Z'), { list }, 'friday').do, 'set');
  assert.is(followStep(shared('friday'), { list }, 'friday').do, 'set');
});

test('while the leader is not known, nothing changes', () => {
  assert.is(followStep(undefined, { list: [planned('friday')] }, 'friday').do, 'nothing');
});

test('a drop that the leader has called off goes, unless it is on air or was held', () => {
  for (const phase of ['coming', 'shown', 'missed'] as const) {
    const step = followStep(null, { list: [planned('friday', phase)] }, 'friday');
    assert.equal(step, { do: 'remove', id: 'friday' }, phase);
  }
  for (const phase of ['on', 'held'] as const) {
    const step = followStep(shared('sunday'), { list: [planned('friday', phase)] }, 'friday');
    assert.equal(step, { do: 'keep' }, phase);
  }
  assert.is(followStep(null, { list: [] }, 'friday').do, 'keep');
});

test('what a host has added to the leader’s drop is not lost by what the leader does', () => {
  const withCatalogue = { ...planned('friday', 'shown'), articles: 2, hasDetails: true as const };
  for (const leaders of [null, shared('soundcheck')]) {
    assert.equal(followStep(leaders, { list: [withCatalogue] }, 'friday'), { do: 'keep' });
  }
  const again = followStep(shared('friday', EIGHT), { list: [withCatalogue] }, undefined);
  assert.is(again.do === 'set' && again.isNew, false, 'it follows the leader’s times once more');
  // A mistake in it leaves it out of the list; the leader's would replace all of it.
  const broken = { list: [], broken: ['friday'] };
  assert.equal(followStep(shared('friday'), broken, 'friday'), { do: 'nothing' });
});

test('a drop that the host has checked stays until the box is idle again', () => {
  const list = [planned('friday', 'shown'), planned('sunday')];
  for (const leaders of [null, shared('soundcheck')]) {
    assert.equal(followStep(leaders, { list }, 'friday', true), { do: 'nothing' });
    assert.equal(followStep(leaders, { list }, 'sunday', true).do, 'remove', 'not the one shown');
    assert.equal(followStep(leaders, { list }, 'friday').do, 'remove');
  }
});

test('the box’s own drops stay, and what was held is not changed', () => {
  const list = [planned('own'), planned('friday', 'held', EIGHT)];
  assert.is(followStep(null, { list }, undefined).do, 'nothing');
  assert.is(
    followStep(shared('friday', '2027-01-01T20:00:00Z'), { list }, undefined).do,
    'nothing',
  );
});

/** A list that carries the commands out, as `drops.yaml` does. */
function openList(own: readonly string[]) {
  let list: readonly PlannedDropInfo[] = own.map((id) => planned(id));
  const run = async ({ args }: Command): Promise<Outcome> => {
    const { do: what, id = '', starts_at = null } = args as Record<string, string | null>;
    const one = list.find((drop) => drop.id === id) ?? planned(String(id));
    const rest = list.filter((drop) => drop.id !== id);
    list = what === 'set' ? [...rest, { ...one, startsAt: starts_at ?? '' }] : rest;
    return { status: 'done', detail: `${id} ${what}` };
  };
  return {
    run,
    ids: () => list.map(({ id }) => id).toSorted(),
    state: () => ({
      list,
      shown: { id: '', title: '', startsAt: '', endsAt: '' },
      faults: [],
      file: '',
    }),
    setPhase: (id: string, phase: PlannedPhase) => {
      list = list.map((drop) => (drop.id === id ? { ...drop, phase } : drop));
    },
  };
}

test('whatever the leader does, the list has its own drops and the leader’s, and no other', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-fleet-'));
  const ids = ['mine', 'a', 'b', 'c'];
  const wanted = fc.array(fc.option(fc.tuple(fc.constantFrom(...ids), fc.nat(3))), {
    maxLength: 12,
  });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(wanted, async (steps) => {
      run += 1;
      const list = openList(['mine', 'other']);
      const path = join(folder, `${run}.json`);
      for (const step of steps) {
        // Each time after a restart of the box.
        const taken = await LeaderDropStore.open(path);
        const deps = {
          command: list.run,
          plannedDrops: list.state,
          taken,
          isPrepared: () => false,
          nowMs: () => 0,
          log: silentLog,
        };
        const follower = new Follower(deps);
        const drop = step && shared(step[0], `2026-12-04T2${step[1]}:00:00Z`);
        for (let i = 0; i < 3; i += 1) await follower.follow(drop);
        const expected = new Set(['mine', 'other', ...(drop === null ? [] : [drop.id])]);
        assert.equal(list.ids(), [...expected].toSorted());
        const own = list.state().list.find(({ id }) => id === drop?.id);
        assert.is(own?.startsAt, drop?.starts_at ?? undefined);
      }
    }),
    { numRuns: 40 },
  );
  await rm(folder, { recursive: true });
});

test('a list that refuses the drop is not asked again each second, and the reason is known', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-fleet-'));
  const taken = await LeaderDropStore.open(join(folder, 'fleet.json'));
  let nowMs = 0;
  let asked = 0;
  let answer: Outcome = {
    status: 'rejected',
    code: 'BAD_ARGUMENTS',
    detail: 'ends before it starts',
  };
  const list = openList([]);
  const follower = new Follower({
    command: async (command) => {
      asked += 1;
      return answer.status === 'done' ? await list.run(command) : answer;
    },
    ...{ plannedDrops: list.state, taken, isPrepared: () => false },
    ...{ nowMs: () => nowMs, log: silentLog },
  });
  for (; nowMs < 29_000; nowMs += 1_000) await follower.follow(shared('friday'));
  assert.equal([asked, follower.fault], [1, 'ends before it starts']);
  await follower.follow(shared('friday', EIGHT));
  assert.is(asked, 2, 'another drop is another matter');
  answer = { status: 'done', detail: '' };
  nowMs += 60_000;
  for (let i = 0; i < 2; i += 1) await follower.follow(shared('friday', EIGHT));
  assert.equal([asked, follower.fault, list.ids()], [3, undefined, ['friday']]);
  assert.match(await readFile(join(folder, 'fleet.json'), 'utf8'), 'friday');
  await rm(folder, { recursive: true });
});

test.run();
