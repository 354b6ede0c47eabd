/** The coming drops of a box: the file, what is shown, and what a restart knows. */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Outcome } from '../../../daemon/model/commands.ts';
import { LIST, newFolder, startBox } from './support/list-box.ts';

const test = suite('the coming drops of a box');

test('without a list the drop is that of the config', async () => {
  await using box = await startBox(await mkdtemp(join(tmpdir(), 'venuebox-drops-')));
  assert.is(box.drops.present().title, 'Live');
  assert.equal(box.drops.state().list, []);
  assert.is(box.drops.state().shown.title, 'Live');
});

test('a setting of all drops holds in the moment in which it changes', async () => {
  await using box = await startBox(await newFolder());
  assert.is(box.drops.present().reactions, false);
  box.set({ reactions: true });
  assert.is(box.drops.present().reactions, true);
  assert.is(box.drops.present().title, 'Friday Duo');
});

test('the next drop is shown, over what the config says of all', async () => {
  const folder = await newFolder();
  await using box = await startBox(folder);
  const { title, starts_at, reactions, catalogue } = box.drops.present();
  assert.equal([title, starts_at, reactions], ['Friday Duo', '2026-12-04T20:00:00Z', false]);
  assert.equal(catalogue, []);
  await box.settle(() => box.page() !== undefined);
  assert.is(box.page()?.pictureFile, join(folder, 'duo.jpg'));
  assert.equal(box.phases(), ['friday shown', 'sunday coming']);
});

test('once it has ended the next one is shown, and the last one’s title is known', async () => {
  await using box = await startBox(await newFolder());
  box.goLive('run-1');
  assert.equal(box.phases(), ['friday on', 'sunday coming']);
  box.end('run-1');
  assert.is(box.drops.present().title, 'Sunday Matinee');
  await box.settle(() => box.page()?.title === 'Sunday Matinee');
  assert.equal(box.page()?.last, { title: 'Friday Duo', dropId: 'run-1' });
  assert.ok(box.page()?.isNext);
  assert.equal(box.phases(), ['friday held', 'sunday shown']);
});

test('a drop of the config that began before its start is not the next one, until it has another start', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-drops-'));
  const saturday = { title: 'Open Stage', starts_at: '2026-12-05T20:00:00Z' };
  {
    await using box = await startBox(folder);
    box.set(saturday);
    box.goLive('run-1');
    box.end('run-1');
    await box.settle(() => box.page()?.last?.title === 'Open Stage');
    assert.is(box.page()?.isNext, false);
  }
  await using box = await startBox(folder);
  box.set(saturday);
  await box.settle(() => box.page()?.startsAt === saturday.starts_at);
  assert.equal([box.page()?.isNext, box.page()?.last?.title], [false, 'Open Stage']);
  box.set({ starts_at: '2026-12-12T20:00:00Z' });
  await box.settle(() => box.page()?.isNext === true);
  assert.is(box.page()?.startsAt, '2026-12-12T20:00:00Z');
});

test('a change of the file is seen without a restart, and a mistake costs one drop', async () => {
  const folder = await newFolder();
  await using box = await startBox(folder);
  const path = join(folder, 'drops.yaml');
  await writeFile(path, LIST.replace('Friday Duo', 'Friday Trio').replace('sunday', 'Sun Day'));
  await box.settle(() => box.drops.present().title === 'Friday Trio');
  assert.match(box.drops.state().faults[0] ?? '', /^drops\.yaml:5: id must be/);
  await writeFile(path, '');
  await box.settle(() => box.drops.present().title === 'Live');
});

test('after a power cut a resumed drop is the same one, and one that is not resumed was held', async () => {
  const folder = await newFolder();
  {
    await using box = await startBox(folder);
    box.goLive('run-1');
    box.end('run-1', true);
  }
  {
    await using box = await startBox(folder, { phase: 'live', sinceMs: 0, dropId: 'run-1' });
    assert.equal(box.phases(), ['friday on', 'sunday coming']);
  }
  await using box = await startBox(folder);
  assert.equal(box.phases(), ['friday held', 'sunday shown']);
});

test('the drop that waits for the end of safe mode is not held', async () => {
  const folder = await newFolder();
  {
    await using box = await startBox(folder);
    box.goLive('run-1');
  }
  {
    await using box = await startBox(folder, { phase: 'idle', sinceMs: 0 }, 'run-1');
    assert.equal(box.phases(), ['friday on', 'sunday coming']);
  }
  await using box = await startBox(folder, { phase: 'live', sinceMs: 0, dropId: 'run-1' });
  assert.equal(box.phases(), ['friday on', 'sunday coming']);
});

test('a drop that is added while that of the config is live waits for its end', async () => {
  const folder = await newFolder('');
  const monday = { do: 'set', id: 'monday', title: 'Monday', starts_at: '2026-12-04T19:00:00Z' };
  {
    await using box = await startBox(folder);
    box.goLive('run-1');
    await box.run(monday);
    assert.is(box.drops.present().title, 'Live');
    assert.equal(box.phases(), ['monday coming']);
  }
  await using box = await startBox(folder, { phase: 'live', sinceMs: 0, dropId: 'run-1' });
  assert.is(box.drops.present().title, 'Live', 'after a restart of the box');
  box.end('run-1');
  assert.is(box.drops.present().title, 'Monday');
});

test('an overlay of the list has the hosts of the config, as has one that an older box kept', async () => {
  const folder = await newFolder();
  const overlay = { title: 'Duo', hosts: ['evil.example'] };
  const current = { run: 'run-1', hasBegun: true, drop: { id: 'saturday', title: 'S', overlay } };
  await writeFile(join(folder, 'held-drops.json'), JSON.stringify({ held: [], current }));
  await using box = await startBox(folder, { phase: 'live', sinceMs: 0, dropId: 'run-1' });
  const shown = () => box.drops.present().overlay;
  assert.equal([shown().title, shown().hosts], ['Duo', ['band.example.org']]);
  box.end('run-1');
  const { hosts: _, ...line } = { ...overlay, code: { link: 'https://band.example.org/a' } };
  assert.is((await box.run({ do: 'set', id: 'friday', overlay: line })).status, 'done');
  await box.settle(() => shown().code.link === 'https://band.example.org/a');
  assert.equal(shown().hosts, ['band.example.org']);
  const bad = await box.run({ do: 'set', id: 'friday', overlay });
  assert.match(bad.detail, "set it in the config's drop.overlay.hosts");
});

test('what is on air stays so in an older version, without keys that only the newer one knows', async () => {
  const folder = await newFolder();
  const print = { id: 'print', name: 'Print', price: 2500, currency: 'EUR', engraving: 'gold' };
  const drop = { id: 'saturday', title: 'Saturday', catalogue: [print], encores: 2 };
  const current = { run: 'run-1', hasBegun: true, drop };
  await writeFile(join(folder, 'held-drops.json'), JSON.stringify({ held: [], current }));
  await using box = await startBox(folder, { phase: 'live', sinceMs: 0, dropId: 'run-1' });
  const { title, catalogue } = box.drops.present();
  assert.equal([title, catalogue.map(({ id }) => id)], ['Saturday', ['print']]);
});

test('a look is over that of the config, and a file with a fault is refused with its line', async () => {
  const folder = await newFolder();
  await using box = await startBox(folder);
  assert.is(box.drops.present().look.name, 'none');
  const set = (look: unknown) => box.run({ do: 'set', id: 'friday', look });
  assert.is((await set({ name: 'warm', strength: 0.5 })).status, 'done');
  assert.equal(box.drops.present().look, { name: 'warm', cube_file: '', strength: 0.5 });
  await writeFile(join(folder, 'x.cube'), 'LUT_1D_SIZE 2\n0 0 0\n1 1\n');
  const refused = await set({ cube_file: 'x.cube' });
  assert.match(String((refused as { detail?: string }).detail), /x\.cube:3: .*three numbers/);
  assert.is(box.drops.present().look.name, 'warm');
  await writeFile(join(folder, 'x.cube'), 'LUT_1D_SIZE 2\n0 0 0\n1 1 1\n');
  assert.is((await set({ cube_file: 'x.cube' })).status, 'done');
  assert.equal(box.drops.present().look, { name: 'none', cube_file: 'x.cube', strength: 1 });
  assert.is((await set({ name: 'cool', cube_file: 'x.cube' })).status, 'rejected');
  assert.is((await set(null)).status, 'done');
  assert.is(box.drops.present().look.name, 'none');
});

test('the command adds, changes and removes a drop, and says what is wrong', async () => {
  const folder = await newFolder();
  await using box = await startBox(folder);
  const added = { do: 'set', id: 'monday', title: 'Monday', starts_at: '2026-12-04T19:00:00Z' };
  assert.is((await box.run(added, true)).detail, 'monday would be added');
  assert.is((await box.run(added)).status, 'done');
  await box.settle(() => box.drops.present().title === 'Monday');
  assert.is(
    (await box.run({ do: 'set', id: 'monday', starts_at: null })).detail,
    'monday is changed',
  );
  assert.equal(box.phases(), ['friday shown', 'sunday coming', 'monday coming']);
  assert.match(await readFile(join(folder, 'drops.yaml'), 'utf8'), 'Sunday Matinee');
  for (const [args, code, detail] of [
    [{ do: 'set', id: 'x', titel: 'X' }, 'BAD_ARGUMENTS', 'did you mean title?'],
    [{ do: 'set', id: 'x' }, 'BAD_ARGUMENTS', 'title is missing'],
    [{ do: 'set', id: 'X!', title: 'X' }, 'BAD_ARGUMENTS', 'id must be'],
    [{ do: 'remove', id: 'mondy' }, 'BAD_ARGUMENTS', 'did you mean monday?'],
    [{ do: 'delete', id: 'monday' }, 'BAD_ARGUMENTS', 'must be list, get, set, remove or again'],
    [{}, 'BAD_ARGUMENTS', 'must be list, get, set, remove or again'],
  ] as const) {
    const outcome = await box.run(args);
    assert.is(outcome.status === 'rejected' ? outcome.code : '', code, JSON.stringify(args));
    assert.match(outcome.detail, detail);
  }
  assert.is((await box.run({ do: 'remove', id: 'monday' })).status, 'done');
  assert.equal(box.phases(), ['friday shown', 'sunday coming']);
});

test('what was checked goes live though its planned end has passed meanwhile', async () => {
  const late = `- { id: set-1, title: Set 1, starts_at: 2026-12-04T18:00:00Z, ends_at: 2026-12-04T18:02:00Z }
- { id: set-2, title: Set 2, starts_at: 2026-12-04T18:04:00Z }
`;
  const folder = await newFolder(late);
  await using box = await startBox(folder);
  box.enter('armed');
  await box.clock.advance(200_000);
  await box.settle(() => box.page() !== undefined);
  assert.is(box.drops.present().title, 'Set 1');
  await writeFile(join(folder, 'drops.yaml'), late.replace('title: Set 1', 'titel: Set 1'));
  await box.settle(() => box.drops.state().faults.length > 0);
  assert.is(box.drops.present().title, 'Set 1', 'a mistake in its lines changes nothing');
  await writeFile(join(folder, 'drops.yaml'), late);
  box.enter('idle');
  await box.settle(() => box.drops.present().title === 'Set 2');
  assert.equal(box.phases(), ['set-1 missed', 'set-2 shown']);
});

test('one that was ended by mistake is held again under its id, while the box is idle', async () => {
  await using box = await startBox(await newFolder());
  box.goLive('run-1');
  box.end('run-1');
  const again = { do: 'again', id: 'friday' };
  const codeOf = (outcome: Outcome) =>
    outcome.status === 'rejected' ? outcome.code : outcome.status;
  box.enter('armed');
  assert.is(codeOf(await box.run(again)), 'WRONG_PHASE');
  box.enter('idle');
  assert.is((await box.run(again, true)).detail, 'friday would run again');
  assert.equal(box.phases(), ['friday held', 'sunday shown']);
  assert.is((await box.run(again)).detail, 'friday will run again');
  assert.equal(box.phases(), ['friday shown', 'sunday coming']);
  assert.is(box.drops.justEnded(), undefined);
  await box.settle(() => box.page()?.title === 'Friday Duo' && box.page()?.last === undefined);
  assert.is(
    codeOf(await box.run({ do: 'again', id: 'sunday' })),
    'BAD_ARGUMENTS',
    'it was not held',
  );
  assert.match((await box.run({ do: 'again', id: 'fridy' })).detail, 'did you mean friday?');
  box.goLive('run-2');
  box.end('run-2');
  await box.run({ do: 'set', id: 'friday', starts_at: '2026-12-03T20:00:00Z' });
  const over = await box.run(again);
  assert.match(over.detail, 'the time of friday is over');
  assert.equal(box.phases(), ['friday held', 'sunday shown']);
});

test('a destination that comes or goes is seen at once, as a host is', async () => {
  const club = `- { id: club, title: Club, destinations: [youtube] }\n`;
  await using box = await startBox(await newFolder(club));
  assert.match(box.drops.state().faults[0] ?? '', 'youtube');
  assert.equal(box.drops.state().broken, ['club']);
  box.setDestinations(['youtube']);
  await box.settle(() => box.drops.state().faults.length === 0);
  assert.equal(box.phases(), ['club shown']);
  box.setDestinations([]);
  await box.settle(() => box.phases().length === 0);
});

test('a list says which drops have more than their title and times', async () => {
  await using box = await startBox(await newFolder());
  assert.equal(
    box.drops.state().list.map(({ hasDetails = false }) => hasDetails),
    [true, false],
  );
  for (const more of [{ overlay: { name: 'Ada' } }, { destinations: [] }, { reactions: false }]) {
    await box.run({ do: 'set', id: 'sunday', ...more });
    assert.is(box.drops.state().list[1]?.hasDetails, true, Object.keys(more)[0]);
    await box.run({ do: 'set', id: 'sunday', overlay: null, destinations: null, reactions: null });
    assert.is(box.drops.state().list[1]?.hasDetails, undefined);
  }
});

test('what is on air can be changed and not removed; many edits at once all count', async () => {
  await using box = await startBox(await newFolder());
  box.goLive('run-1');
  const removed = await box.run({ do: 'remove', id: 'friday' });
  assert.is(removed.status === 'rejected' ? removed.code : '', 'WRONG_PHASE');
  await box.run({ do: 'set', id: 'friday', title: 'Friday Trio' });
  await box.settle(() => box.drops.present().title === 'Friday Trio');
  const ids = Array.from({ length: 20 }, (_, i) => `d${i}`);
  await Promise.all(ids.map((id) => box.run({ do: 'set', id, title: id })));
  assert.is(box.drops.state().list.length, 22);
});

test('a damaged memory, or a pipe in place of the list, costs no start', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, 'held-drops.json'), '{"held": [');
  await using box = await startBox(folder);
  assert.is(box.drops.present().title, 'Friday Duo');
});

test.run();
