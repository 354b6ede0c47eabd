/** Tickets of orders: signed codes, as a phone reads them off the paper. */

import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import jsqr from 'jsqr';
import sharp from 'sharp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OrderConfirmed } from '../../../daemon/model/orders.ts';
import { type Claim, renderClaim, verifyClaim } from '../../../daemon/printing/claim.ts';
import { keyFileOf, openClaimKeys } from '../../../daemon/printing/claim-key.ts';
import { renderSticker } from '../../../daemon/printing/sticker.ts';
import { wordsIn } from '../../../daemon/printing/text/words.ts';
import { renderTicket } from '../../../daemon/printing/ticket.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { renderPaper } from '../../../hal/printer/paper/escpos-render.ts';
import { renderPng } from '../../../hal/printer/paper/png.ts';
import { PRINTER_PROFILES } from '../../../hal/printer/profiles.ts';
import { readCodes, renderJob } from '../../../hal/printer/verify.ts';

const test = suite('order tickets');
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const words = wordsIn('en');
const decode = jsqr as unknown as typeof jsqr.default;

const order: OrderConfirmed = {
  ...{ seq: 7, orderId: 'cs_live_a1B2c3D4e5F6g7H8', drop: '2026-11-29', quantity: 2 },
  ...{ item: { id: 'tape', name: 'Tape “Nacht”' }, numbers: [11, 12], name: 'Аня 🎸' },
  ...{ atMs: Date.UTC(2026, 10, 29, 20, 15), source: 'webhook' },
};
const asTicket = { ...order, item: { ...order.item }, numbers: [...order.numbers] };
const claim: Claim = {
  ...{ drop: '2026-11-29', orderId: 'o-1', itemId: 'tape', number: 3 },
  ...{ piece: 1, pieces: 2, atS: 1_795_000_000 },
};

for (const profile of Object.values(PRINTER_PROFILES)) {
  test(`${profile.id}: two decoders read each stub's code, and it verifies`, async () => {
    const document = renderTicket(asTicket, { title: 'Night', copy: 1, words }, (one) =>
      renderClaim(one, privateKey),
    );
    const rendered = await renderJob(document, profile);
    assert.ok('bytes' in rendered, JSON.stringify(rendered));
    const paper = renderPaper(rendered.bytes, profile);
    const codes = readCodes(paper.picture);
    assert.equal(
      codes.map((code) => verifyClaim(code, publicKey)),
      [11, 12].map((number, index) => ({
        isValid: true,
        claim: {
          ...{ drop: order.drop, orderId: order.orderId, itemId: 'tape', number },
          ...{ piece: index + 1, pieces: 2, atS: order.atMs / 1000 },
        },
      })),
    );
    assert.is(paper.cuts.length, profile.hasCutter ? 3 : 0);
    assert.ok(
      paper.text.includes('2 x Tape “Nacht”') || paper.text.some((line) => line.includes('2 x')),
    );
    // A phone's decoder, on the first stub as a PNG, twice as large and blurred as by a lens.
    const bottom = profile.hasCutter ? (paper.cuts[0] ?? 0) : paper.picture.height / 3;
    const { data, info } = await sharp(await renderPng(paper.picture))
      .extract({ left: 0, top: 0, width: profile.widthDots, height: Math.floor(bottom) })
      .resize({ width: profile.widthDots * 2 })
      .blur(1.2)
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    assert.is(decode(new Uint8ClampedArray(data), info.width, info.height)?.data, codes[0]);
  });
}

test('a second print says that it is a copy, and has the same code', () => {
  const render = (copy: number) =>
    renderTicket(asTicket, { title: 'Night', copy, words }, (one) => renderClaim(one, privateKey));
  const texts = (copy: number) =>
    render(copy).flatMap((block) => (block.kind === 'text' ? [block.text] : []));
  assert.is(texts(1).includes('COPY 2'), false);
  assert.is(texts(2).filter((text) => text === 'COPY 2').length, 3);
  const codes = (copy: number) => render(copy).filter(({ kind }) => kind === 'qr');
  assert.equal(codes(1), codes(2));
});

test('whatever the order, its claim is read back as it was signed', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  // As an order's may be: a checkout session of Stripe has 66 characters.
  const ids = fc.stringMatching(/^[\w.:-]{1,128}$/, { size: 'max' });
  const claims = fc.record(
    {
      ...{
        drop: text,
        orderId: ids,
        itemId: text,
        piece: fc.integer({ min: 1, max: 99 }),
      },
      ...{ pieces: fc.integer({ min: 1, max: 99 }), atS: fc.nat(), number: fc.integer({ min: 1 }) },
    },
    { requiredKeys: ['drop', 'orderId', 'itemId', 'piece', 'pieces', 'atS'] },
  );
  fc.assert(
    fc.property(claims, (one) => {
      const wellFormed = JSON.parse(JSON.stringify(one).replace(/\\ud[89a-f][0-9a-f]{2}/gi, 'x'));
      const verdict = verifyClaim(renderClaim(wellFormed, privateKey), publicKey);
      assert.equal(verdict, { isValid: true, claim: wellFormed });
    }),
    { seed: 15 },
  );
});

test('a claim with one character changed is refused, and so is any other text', () => {
  const code = renderClaim(claim, privateKey);
  for (let at = 0; at < code.length; at += 1) {
    const other = code[at] === 'A' ? 'B' : 'A';
    const changed = code.slice(0, at) + other + code.slice(at + 1);
    assert.is(verifyClaim(changed, publicKey).isValid, false, `at ${at}`);
  }
  const pieces = fc.constantFrom('VB1', '.', code.split('.')[1] ?? '', 'e30', 'AAAA', '\n', 'é');
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 9 }), (parts) => {
      assert.is(verifyClaim(parts.join(''), publicKey).isValid, false);
    }),
    { seed: 15 },
  );
  const { publicKey: otherKey } = generateKeyPairSync('ed25519');
  const verdict = verifyClaim(code, otherKey);
  assert.match(verdict.isValid ? '' : verdict.reason, 'signed with another key');
});

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tickets-'));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('the key is made once, only its user reads it, and a damaged one is put aside', () =>
  inFolder(async (folder) => {
    const first = await openClaimKeys(folder, silentLog);
    assert.is((await stat(keyFileOf(folder))).mode & 0o777, 0o600);
    const code = renderClaim(claim, first.privateKey);
    const again = await openClaimKeys(folder, silentLog);
    assert.is(verifyClaim(code, again.publicKey).isValid, true);
    await writeFile(keyFileOf(folder), 'torn');
    const other = await openClaimKeys(folder, silentLog);
    assert.is(verifyClaim(code, other.publicKey).isValid, false);
    assert.is(await readFile(`${keyFileOf(folder)}.bad`, 'utf8'), 'torn');
    assert.equal([first.damaged, again.damaged, other.damaged], [[], [], ['ticket-key.pem']]);
  }));

test('where the disk takes no key it is one for this run, and named', async () => {
  const keys = await openClaimKeys('/sys', silentLog);
  assert.is(verifyClaim(renderClaim(claim, keys.privateKey), keys.publicKey).isValid, true);
  assert.equal(keys.damaged, ['ticket-key.pem']);
});

test('a sticker fills the paper, and its marks stand outside of the picture', () =>
  inFolder(async (folder) => {
    const file = join(folder, 'cover.png');
    const background = { r: 90, g: 120, b: 200 };
    await sharp({ create: { width: 800, height: 600, channels: 3, background } })
      .png()
      .toFile(file);
    const profile = PRINTER_PROFILES['generic-58'];
    const rendered = await renderJob(await renderSticker(file, profile.widthDots), profile);
    assert.ok('bytes' in rendered);
    const { picture } = renderPaper(rendered.bytes, profile);
    const ink = (left: number, top: number, size: number) => {
      let sum = 0;
      for (let y = top; y < top + size; y += 1) {
        for (let x = left; x < left + size; x += 1) sum += picture.dots[y * picture.width + x] ?? 0;
      }
      return sum / size ** 2;
    };
    const grey = ink(100, 100, 100);
    assert.ok(grey > 0.2 && grey < 0.9, `dithered: ${grey}`);
    assert.is(picture.dots[24], 1);
    assert.is(picture.dots[24 * picture.width], 1);
    assert.is(ink(0, 0, 20), 0);
  }));

test('what is no picture is refused, and a pipe holds nothing up', () =>
  inFolder(async (folder) => {
    const torn = join(folder, 'torn.png');
    await writeFile(torn, '\x89PNG torn');
    const pipe = join(folder, 'pipe.png');
    assert.is(spawnSync('mkfifo', [pipe]).status, 0);
    for (const file of [torn, pipe]) {
      const refused = await renderSticker(file, 384).catch((error: unknown) => error);
      assert.instance(refused, Error, file);
    }
  }));

test.run();
