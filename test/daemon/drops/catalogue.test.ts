/** The catalogue of a coming drop, as a form edits it: two people do not overwrite each other. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { PlannedDrop } from '../../../daemon/config/drop-list/parse.ts';
import { checkPlanned } from '../../../daemon/config/drop-list/parse.ts';
import { type DropDetails, openDropsCommand } from '../../../daemon/drops/command.ts';
import { ListFile } from '../../../daemon/drops/list-file.ts';
import type { Outcome } from '../../../daemon/model/commands.ts';
import type { PlannedDropsState } from '../../../daemon/model/planned-drops.ts';
import {
  type ArticleValues,
  articlesOf,
  minorOf,
  priceText,
  valuesOf,
} from '../../../daemon/web/page/drops/article-fields.ts';
import { changedKeys } from '../../../daemon/web/page/drops/drop-fields.ts';
import { silentLog } from '../../../hal/os/log.ts';

const test = suite('a catalogue in a form');
const HOSTS = { checkout: ['shop.example.org'], overlay: [], destinations: ['youtube', 'club'] };
const LIST = `# Of the band.
- id: friday
  title: Friday Duo # they are three
  catalogue:
    - { id: poster, name: Poster, price: 2500, currency: EUR, edition: 50 }
`;

async function withList(work: (run: Run, path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-catalogue-'));
  try {
    const path = join(folder, 'drops.yaml');
    await writeFile(path, LIST);
    const file = new ListFile(path, HOSTS, silentLog);
    const command = openDropsCommand({
      ...{ file, hosts: HOSTS, lookFault: async () => undefined, onAir: () => undefined },
      ...{ spare: () => [], again: async () => undefined },
      state: () => ({}) as PlannedDropsState,
    });
    await work((args) => command({ verb: 'drops', args, by: 'page' }), path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Run = (args: Record<string, unknown>) => Promise<Outcome>;

const details = async (run: Run, id?: string): Promise<DropDetails> => {
  const outcome = await run(id === undefined ? { do: 'get' } : { do: 'get', id });
  assert.is(outcome.status, 'done', outcome.detail);
  return (outcome as { readonly result: DropDetails }).result;
};

const tee = { id: 'tee', name: 'T-shirt', price: 1_900, currency: 'EUR', stock: 20 };
const poster = { id: 'poster', name: 'Poster', price: 2_500, currency: 'EUR', edition: 50 };

test('a form gets the drop as the file has it, with the destinations that it may choose', () =>
  withList(async (run) => {
    const { drop, destinations } = await details(run, 'friday');
    assert.equal([drop?.title, drop?.catalogue?.length], ['Friday Duo', 1]);
    assert.equal(destinations, ['youtube', 'club']);
    assert.is((await details(run)).drop, null);
    const wrong = await run({ do: 'get', id: 'fridy' });
    assert.match(wrong.detail, 'the list has no drop fridy; did you mean friday?');
  }));

test('of two people who change the same thing the second one is told, and what the first saved stays', () =>
  withList(async (run, path) => {
    const [one, two] = [await details(run, 'friday'), await details(run, 'friday')];
    const saved = { do: 'set', id: 'friday', catalogue: [poster, tee] };
    const tags = ({ tags: all }: DropDetails) => ({ catalogue: all['catalogue'] });
    assert.is((await run({ ...saved, tags: tags(one) })).status, 'done');
    const late = { ...saved, catalogue: [{ ...poster, edition: 10 }] };
    const lost = await run({ ...late, tags: tags(two) });
    assert.is(lost.status === 'rejected' && lost.code, 'CHANGED');
    assert.match(await readFile(path, 'utf8'), /T-shirt/);
    // Another key is nothing that they share.
    const title = { do: 'set', id: 'friday', title: 'Trio', tags: { title: two.tags['title'] } };
    assert.is((await run(title)).status, 'done');
    const now = await details(run, 'friday');
    assert.is((await run({ ...late, tags: tags(now) })).status, 'done', 'who has read it may');
    const text = await readFile(path, 'utf8');
    assert.match(text, /^# Of the band\.\n- id: friday\n {2}title: Trio/);
    assert.not.match(text, /T-shirt/);
  }));

test('two drops that are added under one name at once are not made one', () =>
  withList(async (run) => {
    const { tags } = await details(run);
    const add = (title: string) =>
      run({ do: 'set', id: 'sunday', title, tags: { id: tags['id'] } });
    const outcomes = await Promise.all([add('Matinee'), add('Brunch')]);
    assert.equal(outcomes.map(({ status }) => status).toSorted(), ['done', 'rejected']);
  }));

test('a change whose answer was lost is done when it is sent again, and adds no second drop', () =>
  withList(async (run, path) => {
    const { tags } = await details(run);
    const more = { starts_at: '2026-12-04T20:00:00+01:00', catalogue: [poster] };
    const add = { do: 'set', id: 'sunday', title: 'Matinee', ...more, tags: { id: tags['id'] } };
    const friday = await details(run, 'friday');
    const change = {
      ...{ do: 'set', id: 'friday', title: 'Trio', profile: 'phone' },
      tags: { title: friday.tags['title'], profile: friday.tags['profile'] },
    };
    for (const wish of [add, change]) {
      assert.is((await run(wish)).status, 'done');
      const saved = await readFile(path, 'utf8');
      assert.is((await run(wish)).status, 'done', wish.id);
      assert.is(await readFile(path, 'utf8'), saved);
    }
    // Another one of the same name, with less in it.
    const { starts_at: _, ...other } = add;
    assert.is((await run(other)).status, 'rejected');
    assert.is((await run({ ...change, title: 'Quartet' })).status, 'rejected');
  }));

test('what the file would refuse is refused, each beside its field', () =>
  withList(async (run, path) => {
    const set = (article: object, more: object = {}) =>
      run({ do: 'set', id: 'friday', catalogue: [poster, { ...tee, ...article }], ...more });
    const faultsOf = (outcome: Outcome) =>
      outcome.status === 'rejected' ? (outcome.faults ?? []).map((one) => one.path) : [];
    assert.equal(faultsOf(await set({ flash_price: 2_000 })), ['catalogue.1.flash_price']);
    assert.equal(faultsOf(await set({ edition: 5 })), ['catalogue.1.stock']);
    assert.equal(faultsOf(await set({ price: 'much' })), ['catalogue.1.price']);
    assert.equal(faultsOf(await set({ currency: 'EURO' })), ['catalogue.1.currency']);
    assert.equal(faultsOf(await set({ id: 'poster' })), ['catalogue.1.id']);
    const elsewhere = { checkout_url: 'https://evil.example.com/' };
    assert.equal(faultsOf(await set(elsewhere)), ['catalogue.1.checkout_url']);
    assert.equal(faultsOf(await set({}, { destinations: ['nowhere'] })), ['destinations.0']);
    assert.is(await readFile(path, 'utf8'), LIST);
  }));

test('a price is written as people write it', () => {
  for (const [text, currency, minor] of [
    ...([
      ['25', 'EUR', 2_500],
      ['25.5', 'EUR', 2_550],
      [' 25,50 ', 'EUR', 2_550],
    ] as const),
    ...([
      ['0.05', 'USD', 5],
      ['2500', 'JPY', 2_500],
      ['1.234', 'KWD', 1_234],
    ] as const),
  ] as const) {
    assert.is(minorOf(text, currency), minor, `${text} ${currency}`);
  }
  for (const wrong of ['', 'free', '-1', '1.234', '1e3', '25.50 €', '1 000']) {
    assert.type(minorOf(wrong, 'EUR'), 'string', wrong);
  }
  assert.type(minorOf('25.50', 'JPY'), 'string');
});

const price = fc.integer({ min: 0, max: 100_000_000 });
const article = fc.record({
  id: fc.constantFrom('a', 'poster', 'tee-2'),
  name: fc.string({ minLength: 1, maxLength: 20 }).filter((one) => one.trim() === one),
  price,
  currency: fc.constantFrom('EUR', 'JPY', 'KWD', 'USD'),
  ...{ collector: fc.boolean(), max_per_order: fc.integer({ min: 1, max: 100 }) },
  checkout_url: fc.constantFrom('', 'https://shop.example.org/a'),
  picture_file: fc.constantFrom('', 'a.png'),
});

test('a form that is opened and saved changes nothing (random, from a seed)', () => {
  const limit = fc.constantFrom({}, { stock: 0 }, { stock: 7 }, { edition: 50 });
  fc.assert(
    fc.property(article, limit, fc.option(fc.nat()), (one, left, flash) => {
      const flash_price = flash === null ? {} : { flash_price: flash % (one.price + 1) };
      const given = { id: 'd', title: 'D', catalogue: [{ ...one, ...left, ...flash_price }] };
      const before = checked(given);
      const again = articlesOf((before.catalogue ?? []).map(valuesOf));
      assert.equal(checked({ ...given, catalogue: again }), before);
    }),
    { seed: 20261130, numRuns: 200 },
  );
});

function checked(value: object): PlannedDrop {
  const result = checkPlanned(value, HOSTS);
  if ('faults' in result) throw new Error(result.faults.map(({ text }) => text).join('; '));
  return result.drop;
}

test('a new item is named after what guests read, and by a name of its own', () => {
  const item = { ...valuesOf(checkedItem()), id: '', name: 'Poster' };
  const ids = articlesOf([{ ...item, id: 'poster' }, item, item] as ArticleValues[]);
  assert.equal(
    ids.map(({ id }) => id),
    ['poster', 'poster-2', 'poster-3'],
  );
});

const checkedItem = () => {
  const [one] = checked({ id: 'd', title: 'D', catalogue: [poster] }).catalogue ?? [];
  if (one === undefined) throw new Error('no item');
  return one;
};

test('only what a person changed is sent', () => {
  const before = { title: 'A', starts_at: null, look: { name: 'warm' } };
  assert.equal(changedKeys(before, { ...before, look: { name: 'warm' } }), {});
  assert.equal(changedKeys(before, { ...before, title: 'B' }), { title: 'B' });
  assert.equal(changedKeys({}, { title: 'A', starts_at: null }), { title: 'A' });
  assert.is(priceText(2_550, 'EUR'), '25.50');
});

test.run();
