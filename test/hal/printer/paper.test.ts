/** Tests of printed paper. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderDocument } from '../../../hal/printer/document.ts';
import { type CodePage, decodeByte, EPSON_NUMBERS } from '../../../hal/printer/paper/codepages.ts';
import { parseComplete, parseEscPos } from '../../../hal/printer/paper/escpos-parse.ts';
import { renderPaper } from '../../../hal/printer/paper/escpos-render.ts';
import { blankPicture, dither, packRows, unpackRows } from '../../../hal/printer/paper/picture.ts';
import { renderPng } from '../../../hal/printer/paper/png.ts';
import type { PrintDocument } from '../../../hal/printer/port.ts';
import { PRINTER_PROFILES } from '../../../hal/printer/profiles.ts';
import { faultOfJob, readCodes } from '../../../hal/printer/verify.ts';

const test = suite('printed paper');

const LINK = 'https://venue.example/drop/abcDEF-123?t=42';
const PROFILES = Object.values(PRINTER_PROFILES);
const spec = { widthDots: 384, codePages: EPSON_NUMBERS };
const esc = (text: string) => Buffer.from(text, 'latin1');

const print = (document: PrintDocument, profile: (typeof PROFILES)[number]) =>
  renderPaper(renderDocument(document, profile), profile);

for (const profile of PROFILES) {
  test(`${profile.id}: a QR is read back from the picture, beside text and rules`, () => {
    const document: PrintDocument = [
      { kind: 'text', text: 'VENUE BOX', align: 'center', size: 2, isBold: true },
      { kind: 'rule' },
      { kind: 'qr', data: LINK },
      { kind: 'text', text: 'Scan to watch again', align: 'center' },
    ];
    const paper = print(document, profile);
    assert.equal(readCodes(paper.picture), [LINK]);
    assert.is(paper.picture.width, profile.widthDots);
    assert.is(paper.cuts.length, profile.hasCutter ? 1 : 0);
    assert.ok(paper.text.some((line) => line.trim() === 'Scan to watch again'));
  });

  test(`${profile.id}: text of four code pages comes out as it was written`, () => {
    const lines = ['Příliš žluťoučký kůň', 'Ångström & Söhne – “live”', '¿Qué? naïve œuvre', '5 €'];
    const paper = print([{ kind: 'text', text: lines.join('\n') }], profile);
    assert.equal(paper.text.slice(0, 4), lines);
  });
}

test('a profile without QR sends dots, one with it sends GS ( k', () => {
  const has = (id: keyof typeof PRINTER_PROFILES, bytes: string) =>
    renderDocument([{ kind: 'qr', data: LINK }], PRINTER_PROFILES[id]).includes(esc(bytes));
  assert.is(has('epson-58', '\x1d(k'), true);
  assert.is(has('epson-58', '\x1dv0'), false);
  assert.is(has('generic-58', '\x1d(k'), false);
  assert.is(has('generic-58', '\x1dv0'), true);
});

test('no raster is higher than 255 rows', () => {
  const grey = { width: 100, height: 600, pixels: new Uint8Array(60_000) };
  const bytes = renderDocument(
    [{ kind: 'picture', picture: grey }],
    PRINTER_PROFILES['generic-58'],
  );
  const heights = parseEscPos(bytes).flatMap((one) => (one.kind === 'raster' ? [one.rows] : []));
  assert.equal(heights, [255, 255, 90]);
});

test('a picture of half a metre of paper is printed whole', () => {
  const grey = { width: 384, height: 4000, pixels: new Uint8Array(384 * 4000) };
  const profile = PRINTER_PROFILES['generic-58'];
  const { picture } = print([{ kind: 'picture', picture: grey }], profile);
  assert.is(
    picture.dots.subarray(0, 384 * 4000).every((dot) => dot === 1),
    true,
  );
});

test('a job whose QR does not come out is refused', () => {
  const profile = PRINTER_PROFILES['generic-58'];
  const document: PrintDocument = [{ kind: 'qr', data: LINK }];
  const bytes = renderDocument(document, profile);
  assert.is(faultOfJob(document, bytes, profile), undefined);
  const torn = bytes.subarray(0, bytes.length / 2);
  assert.match(faultOfJob(document, torn, profile) ?? '', 'cannot be read back: https://venue');
  const other = renderDocument([{ kind: 'qr', data: 'https://elsewhere' }], profile);
  assert.match(faultOfJob(document, other, profile) ?? '', 'cannot be read back');
});

test('a QR with too much for its paper is refused', () => {
  const document: PrintDocument = [{ kind: 'qr', data: 'x'.repeat(1500) }];
  assert.throws(() => renderDocument(document, PRINTER_PROFILES['generic-58']), /dots a module/);
});

test('commands in a text of a guest are not sent', () => {
  const text = 'hi\x1bp\x00\x19\x19\x10\x04\x01';
  const bytes = renderDocument([{ kind: 'text', text }], PRINTER_PROFILES['generic-58']);
  assert.is(bytes.includes(esc('\x1bp')), false);
  assert.is(bytes.includes(esc('\x10\x04')), false);
});

test('bold, size and alignment change the picture as printers do', () => {
  const ink = (bytes: string) => renderPaper(esc(bytes), spec).picture;
  const count = (bytes: string) => ink(bytes).dots.reduce((sum, dot) => sum + dot, 0);
  assert.ok(count('\x1bE\x01A\n') > count('A\n'));
  assert.is(count('\x1d!\x11A\n'), 4 * count('A\n'));
  assert.is(ink('\x1d!\x11A\n').height, 48);
  assert.is(count('\x1dB\x01A\n'), 12 * 24 - count('A\n'));
  const left = (bytes: string) => {
    const { dots, width } = ink(bytes);
    return Math.min(
      ...[...dots.entries()].filter(([, dot]) => dot === 1).map(([at]) => at % width),
    );
  };
  assert.is(left('\x1ba\x02A\n') - left('A\n'), 384 - 12);
  assert.is(left('\x1ba\x01A\n') - left('A\n'), 186);
});

test('ESC * columns and GS v 0 rows print the same dots', () => {
  const square = `\x1b*\x21\x18\x00${'\xff\xff\xff'.repeat(24)}`;
  const columns = renderPaper(esc(`${square}\n`), spec).picture;
  const rows = renderPaper(
    esc(`\x1dv0\x00\x03\x00\x18\x00${'\xff\xff\xff'.repeat(24)}`),
    spec,
  ).picture;
  assert.equal(columns.dots.slice(0, 384 * 24), rows.dots);
});

test('bytes that come in pieces are the same commands, wherever they are cut', () => {
  const whole = (bytes: Uint8Array) => parseComplete(bytes);
  // All that begins, names or fills commands: parts of them come up often.
  const byte = fc.constantFrom(
    ...[0, 1, 2, 4, 8, 0x0a, 0x10, 0x1b, 0x1c, 0x1d],
    ...esc('v0(kHr*aV!EBA'),
  );
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 60 }),
      fc.array(byte, { maxLength: 60 }),
      fc.nat(),
      (any, few, at) => {
        for (const bytes of [
          Buffer.from(any),
          Buffer.from(few),
          esc(`\x1dv0\x00\x02\x00\x01\x00abA`),
        ]) {
          const cut = at % (bytes.length + 1);
          const first = parseComplete(bytes.subarray(0, cut));
          const second = parseComplete(Buffer.concat([first.rest, bytes.subarray(cut)]));
          const both = [...first.commands, ...second.commands];
          assert.equal(JSON.stringify(both), JSON.stringify(whole(bytes).commands));
          assert.equal(Buffer.from(second.rest), Buffer.from(whole(bytes).rest));
        }
      },
    ),
    { seed: 20261130, numRuns: 2_000 },
  );
});

test('a line longer than the paper goes on below', () => {
  assert.equal(renderPaper(esc(`${'x'.repeat(40)}\n`), spec).text, ['x'.repeat(32), 'x'.repeat(8)]);
});

test('any bytes give a picture as wide as the paper', async () => {
  const command = fc.constantFrom(
    ...['\x1b*', '\x1b!', '\x1ba', '\x1bt', '\x1dv0', '\x1d(k', '\x1d!', '\x1bd', '\x10\x04'].map(
      esc,
    ),
  );
  const some = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
  await fc.assert(
    fc.property(fc.array(fc.oneof(command, some), { maxLength: 12 }), (parts) => {
      const { picture } = renderPaper(Buffer.concat(parts), spec);
      assert.is(picture.width, 384);
      assert.is(picture.dots.length, 384 * picture.height);
    }),
    { numRuns: 150 },
  );
});

test('packed rows unpack to the same dots', async () => {
  const size = fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 20 }));
  await fc.assert(
    fc.property(size, fc.infiniteStream(fc.nat(1)), ([rowBytes, height], bits) => {
      const picture = blankPicture(rowBytes * 8, height);
      for (const at of picture.dots.keys()) picture.dots[at] = bits.next().value ?? 0;
      assert.equal(unpackRows(packRows(picture), rowBytes, height).dots, picture.dots);
    }),
  );
});

test('dithering keeps the mean brightness', () => {
  for (const level of [32, 128, 220]) {
    const grey = { width: 64, height: 64, pixels: new Uint8Array(4096).fill(level) };
    const black = dither(grey, 384).dots.reduce((sum, dot) => sum + dot, 0) / 4096;
    assert.ok(Math.abs(1 - black - level / 255) < 0.03, `${black} for ${level}`);
  }
});

test('every printable byte of every page is one character, and none is there twice', () => {
  for (const page of Object.keys(EPSON_NUMBERS) as CodePage[]) {
    const all = Array.from({ length: 224 }, (_, index) => decodeByte(page, index + 32));
    const real = all.filter((character) => character !== '\ufffd');
    assert.is(
      all.every((character) => [...character].length === 1),
      true,
    );
    assert.is(new Set(real).size, real.length, page);
    assert.is(real.length, page === 'windows1252' ? 218 : 223, page);
  }
});

test('a picture becomes a PNG of its size', async () => {
  const png = await renderPng(renderPaper(esc('A\n'), spec).picture);
  assert.is(png.toString('latin1', 1, 4), 'PNG');
  assert.equal([png.readUInt32BE(16), png.readUInt32BE(20)], [384, 30]);
});

test.run();
