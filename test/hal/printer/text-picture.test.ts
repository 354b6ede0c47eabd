/** Text in any script on paper, and that no text carries a command. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderDocument } from '../../../hal/printer/document.ts';
import { parseEscPos } from '../../../hal/printer/paper/escpos-parse.ts';
import { renderPaper } from '../../../hal/printer/paper/escpos-render.ts';
import type { Picture } from '../../../hal/printer/paper/picture.ts';
import type { Block, PrintDocument } from '../../../hal/printer/port.ts';
import { PRINTER_PROFILES, type PrinterProfile } from '../../../hal/printer/profiles.ts';
import { withTextPictures } from '../../../hal/printer/text-picture.ts';
import { renderJob } from '../../../hal/printer/verify.ts';

const test = suite('text in any script');
const profile = PRINTER_PROFILES['generic-58'];

async function dotsOf(block: Omit<Extract<Block, { kind: 'text' }>, 'kind'>) {
  const [first] = await withTextPictures([{ kind: 'text', ...block }], profile);
  assert.is(first?.kind, 'dots', block.text);
  return first as Extract<Block, { kind: 'dots' }>;
}

const inkOf = ({ dots }: Picture) => dots.reduce((sum, dot) => sum + dot, 0);

for (const text of [
  'Привет, мир',
  'Ελληνικά',
  '東京の夜',
  '한국어',
  'مرحبا بالعالم',
  'שלום',
  '🎸 🔥',
]) {
  test(`${text} is printed as a picture within the paper`, async () => {
    const { picture } = await dotsOf({ text });
    assert.ok(inkOf(picture) > 100, String(inkOf(picture)));
    assert.ok(picture.width <= profile.widthDots);
    const bytes = renderDocument(
      await withTextPictures([{ kind: 'text', text }], profile),
      profile,
    );
    const paper = renderPaper(bytes, profile);
    assert.is(paper.text.join(''), '');
    assert.is(inkOf(paper.picture), inkOf(picture));
  });
}

test('lines that a code page has stay text, beside a line that is a picture', async () => {
  const text = 'Tonight\nСегодня\nCe soir – 5 €';
  const blocks = await withTextPictures([{ kind: 'text', text, isBold: true }], profile);
  assert.equal(
    blocks.map((block) => (block.kind === 'text' ? block.text : block.kind)),
    ['Tonight', 'dots', 'Ce soir – 5 €'],
  );
});

test('what is written from the right starts at the right, other text where it was asked to', async () => {
  assert.is((await dotsOf({ text: 'مرحبا' })).align, 'right');
  assert.is((await dotsOf({ text: 'مرحبا', align: 'center' })).align, 'center');
  assert.is((await dotsOf({ text: 'Привет' })).align, 'left');
});

test('size and weight show, and a long line is broken at the edge of the paper', async () => {
  const plain = (await dotsOf({ text: 'Привет' })).picture;
  const large = (await dotsOf({ text: 'Привет', size: 2 })).picture;
  const bold = (await dotsOf({ text: 'Привет', isBold: true })).picture;
  assert.ok(large.height > plain.height * 1.4);
  assert.ok(inkOf(bold) > inkOf(plain));
  const long = (await dotsOf({ text: 'Очень длинная строка '.repeat(20) })).picture;
  assert.ok(long.width <= profile.widthDots && long.height > 5 * plain.height);
});

test('markup in a text is printed, not obeyed', async () => {
  const tagged = (await dotsOf({ text: '<span size="1">Я</span>' })).picture;
  const plain = (await dotsOf({ text: 'Я' })).picture;
  assert.ok(tagged.width > 5 * plain.width);
});

/** Openings of commands as they are known from attacks on receipt printers, and their pieces. */
const SEQUENCES = [
  '\x1b@', '\x1bp\x00\x19\xfa', '\x1bi', '\x1bm', '\x1dV\x00', '\x1dV\x42\x00', '\x1d(A\x02\x00\x00\x02',
  '\x1d(k\x03\x001Q0', '\x1dv0\x00\xff\xff\xff\xff', '\x1b*\x21\xff\xff', '\x10\x04\x01', '\x10\x05\x02',
  '\x10\x14\x01\x00\x05', '\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08', '\x1c&', '\x1c.', '\x1cp\x01\x00',
  '\x1d:', '\x1b=\x00', '\x1b=\x02', '\x1bc5\x01', '\x1d(E\x03\x00\x01IN', '\x1dI\x01', '\x18', '\x0c', '\x0d',
  '\x9b1m', '\x90', '\u202e', '\u2066', '\ud800', '\udc00', '\u2028', '\x1bt\xff', '\x00', '\x7f', '\n',
] as const; // biome-ignore format: a table

const piece = fc.oneof(
  fc.constantFrom(...SEQUENCES),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('Привет', '東京', 'مرحبا', '🎸', 'é', 'plain', '<b>', '&amp;', '%'),
);
const hostile = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));

/** What a document is made of besides characters and dots; sorted, so that order is left out. */
const skeletonOf = (bytes: Buffer) =>
  new Set(
    parseEscPos(bytes).flatMap((command) => {
      if (command.kind === 'skipped') return [Buffer.from(command.bytes).toString('hex')];
      return command.kind === 'set' ? [command.what] : [command.kind];
    }),
  );

const skeletons = new Map<string, ReadonlySet<string>>();

/** Of harmless text in all code pages, of a picture, and of a QR both ways. */
async function harmless(model: PrinterProfile): Promise<ReadonlySet<string>> {
  const found = skeletons.get(model.id);
  if (found !== undefined) return found;
  const document: PrintDocument = [
    { kind: 'text', text: 'a ř € ©\nЯ', isBold: true, size: 2, align: 'center' },
    { kind: 'rule' },
    { kind: 'qr', data: 'https://venue.example' },
    { kind: 'qr', data: 'https://venue.example/\x1b' },
  ];
  const rendered = await renderJob(document, model);
  assert.ok('bytes' in rendered, JSON.stringify(rendered));
  const skeleton = skeletonOf(rendered.bytes);
  skeletons.set(model.id, skeleton);
  return skeleton;
}

test('no text carries a command, in whatever place of a document', async () => {
  const profiles = fc.constantFrom(...Object.values(PRINTER_PROFILES));
  await fc.assert(
    fc.asyncProperty(
      hostile,
      fc.oneof(fc.constant(''), hostile),
      profiles,
      async (text, data, model) => {
        const document: PrintDocument = [
          { kind: 'text', text, isBold: true, size: 2, align: 'center' },
          { kind: 'rule' },
          ...(data === '' ? [] : [{ kind: 'qr', data } as const]),
          { kind: 'text', text: `a ${text} b` },
        ];
        const rendered = await renderJob(document, model);
        if ('fault' in rendered) return;
        const { bytes } = rendered;
        const known = await harmless(model);
        assert.equal(
          [...skeletonOf(bytes)].filter((one) => !known.has(one)),
          [],
        );
        assert.is(parseEscPos(bytes).filter(({ kind }) => kind === 'reset').length, 1);
        assert.is(
          parseEscPos(bytes).filter(({ kind }) => kind === 'cut').length,
          model.hasCutter ? 1 : 0,
        );
        assertNoRealTime(bytes);
      },
    ),
    { seed: 20261129, numRuns: 40 },
  );
});

test('no dots of a picture make a real-time command', async () => {
  // Each row of 16 dots is two bytes of the raster.
  const rows = [0x1004, 0x1005, 0x1014, 0x1010, 0x0510, 0x1400];
  const dots = Uint8Array.from(
    rows.flatMap((row) => Array.from({ length: 16 }, (_, x) => (row >> (15 - x)) & 1)),
  );
  const picture = { width: 16, height: rows.length, dots };
  for (const model of Object.values(PRINTER_PROFILES)) {
    const bytes = renderDocument([{ kind: 'dots', picture, align: 'left' }], model);
    assertNoRealTime(bytes);
    const paper = renderPaper(bytes, model).picture;
    assert.ok(inkOf(paper) >= inkOf(picture) && inkOf(paper) <= inkOf(picture) + 4);
  }
});

function assertNoRealTime(bytes: Buffer): void {
  for (const second of [0x04, 0x05, 0x14]) {
    assert.is(bytes.indexOf(Buffer.from([0x10, second])), -1, `DLE ${second}`);
  }
}

test.run();
