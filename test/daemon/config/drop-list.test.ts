/** The text of the list of coming drops. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { removeFromList, setInList } from '../../../daemon/config/drop-list/edit.ts';
import { checkSaved, parseDropList } from '../../../daemon/config/drop-list/parse.ts';

const test = suite('the list of coming drops, as text');

const LIST = `# The autumn.
- id: friday
  title: Friday Duo   # two of them
  starts_at: 2026-12-04T20:00:00Z
  ends_at: 2026-12-04T21:30:00Z
  picture_file: duo.jpg
  profile: phone
  catalogue:
    - { id: poster, name: Poster, price: 2500, currency: EUR, edition: 50 }

# A matinee.
- id: sunday
  title: Sunday
`;

const HOSTS = { checkout: ['shop.example.org'], overlay: ['band.example.org'] };
const parse = (text: string) => parseDropList('drops.yaml', text, HOSTS);
const idsOf = (text: string) => parse(text).drops.map(({ id }) => id);
const textOf = (edited: { text: string } | { fault: string }) => {
  if ('fault' in edited) throw new Error(edited.fault);
  return edited.text;
};

test('each drop has what its lines say, and no default of the config', () => {
  const { drops, faults } = parse(LIST);
  assert.equal(faults, []);
  const [friday, sunday] = drops;
  assert.is(friday?.profile, 'phone');
  assert.is(friday?.catalogue?.[0]?.max_per_order, 10, 'items have their own defaults');
  assert.equal(sunday, { id: 'sunday', title: 'Sunday' });
});

test('a saved drop loses all that is refused by now, but never the number of its pieces', () => {
  const item = { id: 'tee', name: 'Tee', price: 1900, currency: 'EUR', stock: 5 };
  const link = 'https://gone.example.org/';
  const saved = (more: object) =>
    checkSaved(
      {
        id: 'a',
        title: 'A',
        profile: 'gone',
        catalogue: [{ ...item, checkout_url: link, ...more }],
      },
      HOSTS,
    );
  const { drop, faults } = saved({});
  assert.equal([drop?.profile, drop?.catalogue?.[0]?.checkout_url], [undefined, '']);
  assert.is(faults.length, 2);
  assert.is(saved({ stock: 1e12 }).drop, undefined);
});

test('an empty file, comments, and an empty list are a list of nothing', () => {
  for (const text of ['', '\n', '# none\n', '[]\n', '---\n# none\n[]\n', '\uFEFF']) {
    assert.equal(parse(text), { drops: [], faults: [] }, JSON.stringify(text));
  }
});

test('a mistake is named with its line and what was perhaps meant', () => {
  for (const [from, to, fault] of [
    [
      'title: Friday Duo',
      'titel: Friday Duo',
      /drops\.yaml:3: titel: unknown key; did you mean title\?/,
    ],
    ['profile: phone', 'profile: tablet', /drops\.yaml:7: profile must be one of/],
    ['T21:30', 'T19:30', /drops\.yaml:5: ends_at must be after the start/],
    ['edition: 50', 'edition: 50, stock: 1', /drops\.yaml:9: catalogue\.0\.stock must be left out/],
    ['id: friday', 'id: Friday Night', /drops\.yaml:2: id must be lower-case letters/],
    ['profile: phone', 'resume_within_s: 5', /drops\.yaml:7: resume_within_s: is the same for all/],
    ['profile: phone', 'profile: [phone', /drops\.yaml:\d+: invalid YAML/],
    ['profile: phone', 'title: Again', /drops\.yaml:7: invalid YAML: Map keys must be unique/],
    ['id: sunday', 'id: friday', /drops\.yaml:12: id friday is already used in line 2/],
  ] as const) {
    const { drops, faults } = parse(LIST.replace(from, to));
    assert.match(faults.join('\n'), fault, to);
    assert.is(drops.length, 1, `${to} costs one drop`);
  }
  assert.match(parse('title: Friday\n').faults[0] ?? '', /:1: must be a list/);
});

test('a key that only a newer version knows is named, and costs no drop', () => {
  const { drops, faults, broken } = parse(
    LIST.replace('profile: phone', 'encore: { songs: 2 }').replace(
      'edition: 50',
      'edition: 50, engraving: gold',
    ),
  );
  assert.equal(drops.length, 2);
  assert.is(broken, undefined);
  assert.equal(faults, [
    'drops.yaml:7: encore: unknown key',
    'drops.yaml:9: catalogue.0.engraving: unknown key',
  ]);
  const [friday] = drops;
  assert.not.ok('encore' in (friday ?? {}));
  assert.is(friday?.catalogue?.[0]?.edition, 50);
  assert.not.ok('engraving' in (friday?.catalogue?.[0] ?? {}));
});

test('beside a key of a newer version a mistake costs the drop all the same', () => {
  for (const mistake of ['edition: 50, stock: 1', 'editon: 50']) {
    const text = LIST.replace('profile: phone', 'encore: 2').replace('edition: 50', mistake);
    const { drops, broken } = parse(text);
    assert.equal([drops.map(({ id }) => id), broken], [['sunday'], ['friday']], mistake);
  }
});

test('checkout links lead to hosts of the config only', () => {
  const link = (host: string) => LIST.replace('edition: 50', `checkout_url: "https://${host}/a"`);
  assert.equal(parse(link('shop.example.org')).faults, []);
  assert.match(parse(link('evil.example')).faults[0] ?? '', 'orders.checkout_hosts');
});

test('the code leads to hosts of the config only, and a drop cannot add one', () => {
  const overlay = (text: string) => parse(`${LIST}  overlay: { ${text} }\n`);
  const code = (host: string) => `code: { link: "https://${host}/a" }`;
  for (const host of ['shop.example.org', 'band.example.org']) {
    assert.equal(overlay(code(host)).faults, [], host);
  }
  assert.match(
    overlay(code('evil.example')).faults[0] ?? '',
    'add that host to drop.overlay.hosts',
  );
  const { drops, faults } = overlay(`${code('evil.example')}, hosts: [evil.example]`);
  assert.match(faults[0] ?? '', "overlay.hosts: is the same for all drops: set it in the config's");
  assert.is(drops.length, 1);
});

test('whatever one drop has become, the others are read (random, from a seed)', () => {
  const drop = (id: string) => `- id: ${id}\n  title: Title of ${id}\n  profile: phone\n`;
  const line = fc.string({ maxLength: 30 }).map((text) => `  ${text.replaceAll('\n', ' ')}\n`);
  const broken = fc.array(line, { maxLength: 5 }).map((lines) => `- id: bad\n${lines.join('')}`);
  fc.assert(
    fc.property(broken, (text) => {
      const ids = idsOf(drop('first') + text + drop('last'));
      assert.ok(ids.includes('first') && ids.includes('last'), text);
    }),
    { seed: 20261129, numRuns: 500 },
  );
});

test('a changed drop leaves all other lines as they are', () => {
  const changed = textOf(setInList(LIST, 'sunday', { title: 'Sunday: Matinee', profile: 'phone' }));
  const head = LIST.slice(0, LIST.indexOf('- id: sunday'));
  assert.is(changed.slice(0, head.length), head);
  assert.is(parse(changed).drops[1]?.title, 'Sunday: Matinee');
  const less = textOf(setInList(LIST, 'friday', { profile: null, ends_at: null }));
  assert.match(less, '# two of them');
  assert.match(less, '# A matinee.');
  assert.is(parse(less).drops[0]?.profile, undefined);
});

test('a removed drop goes with its comment, and the comment of the file stays', () => {
  const left = removeFromList(LIST, 'sunday') ?? '';
  assert.equal(idsOf(left), ['friday']);
  assert.not.match(left, 'A matinee');
  assert.match(removeFromList(LIST, 'friday') ?? '', '# The autumn.');
  assert.is(removeFromList(LIST, 'monday'), undefined);
});

test('edits in any order leave a list that can be read (random, from a seed)', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'friday', 'sunday');
  const title = fc.string({ minLength: 1, maxLength: 40 });
  const edit = fc.oneof(fc.record({ id, title }), fc.record({ id, title: fc.constant(undefined) }));
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 12 }), fc.boolean(), (edits, isIndented) => {
      let text = isIndented ? LIST.replace(/^(?=.)/gm, '  ') : LIST;
      const wanted = new Map([
        ['friday', 'Friday Duo'],
        ['sunday', 'Sunday'],
      ]);
      for (const one of edits) {
        if (one.title === undefined) {
          text = removeFromList(text, one.id) ?? text;
          wanted.delete(one.id);
        } else {
          text = textOf(setInList(text, one.id, { id: one.id, title: one.title }));
          wanted.set(one.id, one.title);
        }
      }
      const { drops, faults } = parse(text);
      assert.equal(faults, [], text);
      assert.equal(new Map(drops.map((drop) => [drop.id, drop.title])), wanted);
    }),
    { seed: 20261129, numRuns: 200 },
  );
});

test.run();
