/** The print command, previews, copies, and slips on the disk. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jsqr from 'jsqr';
import sharp from 'sharp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { printerSchema } from '../../../daemon/config/devices.ts';
import { dropSchema } from '../../../daemon/config/drop.ts';
import { parseConfig } from '../../../daemon/config/file.ts';
import { openPrinting, type Printing } from '../../../daemon/printing/open.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import type { Paper } from '../../../hal/printer/paper/escpos-render.ts';
import { PRINTER_PROFILES } from '../../../hal/printer/profiles.ts';
import { openSimulatedPrinter, type SimulatedPrinter } from '../../../hal/printer/simulated.ts';
import { readCodes } from '../../../hal/printer/verify.ts';
import { until } from '../../support/box.ts';
import { WELL } from '../../support/snapshot.ts';

const test = suite('printing');
const never = new AbortController().signal;
const URL = 'http://10.0.0.5:8080/';

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="5" height="5"/></svg>';

const decode = jsqr as unknown as typeof jsqr.default;
/** Of the config. */
const network: string[] = [];

interface Room {
  readonly printing: Printing;
  readonly device: SimulatedPrinter;
  readonly papers: readonly Paper[];
  /** Orders that were cancelled. */
  readonly voided: Set<string>;
}

async function inRoom(
  run: (room: Room) => Promise<void>,
  config: object = {},
  shed: (typeof WELL)['shedLoads'] = [],
  files: readonly string[] = [],
): Promise<void> {
  const stateFolder = await mkdtemp(join(tmpdir(), 'printing-'));
  await mkdir(join(stateFolder, 'prints'));
  for (const file of files)
    await writeFile(join(stateFolder, 'prints', file), file.endsWith('.svg') ? SVG : 'torn');
  const papers: Paper[] = [];
  const voided = new Set<string>();
  const profile = PRINTER_PROFILES['epson-80'];
  const os = { clock: systemClock, log: silentLog };
  const onPaper = (paper: Paper) => papers.push(paper);
  const device = openSimulatedPrinter({ ...os, profile, rollMm: 20_000, onPaper });
  const printing = await openPrinting(
    {
      current: () => parseConfig('box.yaml', '', network),
      printer: v.parse(printerSchema, config),
    },
    {
      ...{ ...os, stateFolder, printer: device.printer },
      orders: { confirmedAfter: () => [], isVoid: (id) => voided.has(id) },
      drops: {
        present: () => v.parse(dropSchema, { title: 'Ночь' }),
        justEnded: () => undefined,
      },
      snapshot: () => ({ ...WELL, playerUrl: URL, shedLoads: shed }),
    },
  );
  const box = new AbortController();
  const running = printing.run(box.signal);
  try {
    await run({ printing, device, papers, voided });
  } finally {
    box.abort();
    await running;
    await rm(stateFolder, { recursive: true });
  }
}

test('the title on a slip is that of the drop that is on or next', () =>
  inRoom(async ({ printing, papers }) => {
    await printing.print({ document: 'status' }, false, never);
    // Not a word of Latin letters, so that it stands there as a picture above the first line.
    assert.is(papers[0]?.text.includes('Live'), false);
    assert.match(papers[0]?.text.join() ?? '', 'everything');
  }));

test('what an earlier run put aside is named until a person removes it', () =>
  inRoom(
    async ({ printing }) =>
      assert.equal(printing.figures().damaged?.toSorted(), ['orders.json', 'slip-x.json']),
    {},
    [],
    ['orders.json.bad', 'slip-x.json.bad', 'orders.json.new'],
  ));

test('a document is printed by its name, and shown as printed', () =>
  inRoom(async ({ printing, papers }) => {
    const outcome = await printing.print({ document: 'address' }, false, never);
    assert.is(outcome.status, 'done');
    assert.is(outcome.detail, 'address is printed');
    assert.equal(readCodes((papers[0] as Paper).picture), [URL]);
    assert.equal(
      printing.jobs().map(({ title, phase }) => [title, phase]),
      [['The address to watch', 'printed']],
    );
    assert.is(printing.figures().printedTotal, 1);
  }));

test('a sticker that the crew has sent lies in the state folder, as its relative name says', () =>
  inRoom(
    async ({ printing, papers }) => {
      const outcome = await printing.print({ document: 'sticker' }, false, never);
      assert.is(outcome.status, 'done', outcome.detail);
      assert.is(papers.length, 1);
    },
    { sticker_file: 'prints/sticker.svg' },
    [],
    ['sticker.svg'],
  ));

test('the crew gets the page that verifies stubs with the key of this box, and no more of it', () =>
  inRoom(async ({ printing }) => {
    const page = String(await printing.preview('stubs.html'));
    assert.match(page, /<meta name="venuebox-key" content="[\w-]{43}">/);
    assert.not.ok(page.includes('__SCRIPT__') || page.includes('PRIVATE KEY'));
  }));

test('a screen for guests has the way into the Wi-Fi, where one is known', async () => {
  await inRoom(async ({ printing }) => assert.is(await printing.preview('wifi'), undefined));
  network.push('network.guests.device=wlan1', 'box.name=cellar');
  await inRoom(async ({ printing }) => {
    const png = await printing.preview('wifi');
    const { data, info } = await sharp(png)
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    assert.is(decode(new Uint8ClampedArray(data), width, height)?.data, 'WIFI:S:cellar;T:nopass;;');
  });
  network.length = 0;
});

test('without paper it is saved once, however often it is asked for, and the answer says why it waits', () =>
  inRoom(async ({ printing, device }) => {
    device.insertRoll(0);
    for (let press = 0; press < 3; press += 1) {
      const outcome = await printing.print({ document: 'status' }, false, never);
      assert.is(outcome.detail, 'status is saved, and printed later: it is out of paper');
    }
    assert.is(printing.figures().waiting, 1);
    await printing.print({ document: 'address' }, false, never);
    assert.is(printing.figures().waiting, 2, 'that is another one');
  }));

test('the stub of an order that is cancelled while it waits for paper never comes out', () =>
  inRoom(async ({ printing: { queue, reprint }, device, papers, voided }) => {
    device.insertRoll(0);
    for (const orderId of ['a', 'b']) {
      const item = { id: 'poster', name: 'Poster' };
      const order = { seq: 1, orderId, drop: 'd', item, quantity: 1, numbers: [1], atMs: 0 };
      await queue.add(orderId, orderId, { document: 'ticket', order });
    }
    voided.add('a');
    device.insertRoll(20_000);
    await until(() => queue.find('b')?.phase === 'printed', 20_000);
    assert.equal(
      [queue.find('a')?.phase, queue.find('a')?.reason, papers.length],
      ['failed', 'its order was cancelled', 1],
    );
    // Nor as a copy, of one that was printed before.
    voided.add('b');
    for (const id of ['a', 'b']) assert.is((await reprint(id)).detail, 'its order was cancelled');
  }));

test('an unknown document, a box that saves power, and no printer are refused', async () => {
  await inRoom(async ({ printing }) => {
    const outcome = await printing.print({ document: 'secret' }, false, never);
    assert.match(outcome.detail, 'no document secret; choose one of: address, status, ');
    const sticker = await printing.print({ document: 'sticker' }, false, never);
    assert.match(sticker.detail, 'set printer.sticker_file');
  });
  const shed = [{ load: 'printer', text: 'the printer takes no jobs' }];
  await inRoom(
    async ({ printing }) => {
      const outcome = await printing.print({ document: 'address' }, false, never);
      assert.is(outcome.status === 'rejected' && outcome.code, 'SAVING_POWER');
    },
    {},
    shed,
  );
  await inRoom(
    async ({ printing }) => {
      const outcome = await printing.print({ document: 'address' }, false, never);
      assert.is(outcome.detail, 'there is no printer');
    },
    { driver: 'none' },
  );
});

test('a preview is a picture of the paper, of real printers too, and prints nothing', () =>
  inRoom(
    async ({ printing, papers }) => {
      const png = await printing.preview('address');
      assert.ok(png);
      const { width, format } = await sharp(png).metadata();
      assert.equal({ width, format }, { width: 384, format: 'png' });
      assert.is(await printing.preview('nothing'), undefined);
      assert.is(papers.length + printing.jobs().length, 0);
    },
    { driver: 'usb', profile: 'generic-58' },
  ));

test('a second print is a copy, and only of what is done', () =>
  inRoom(async ({ printing }) => {
    const first = await printing.print({ document: 'address' }, false, never);
    const id = (first as { result: { job: string } }).result.job;
    assert.is((await printing.reprint('none')).status, 'rejected');
    for (const copy of [2, 3]) {
      assert.is((await printing.reprint(id)).status, 'done');
      assert.is((await printing.queue.followed(`${id}-copy-${copy}`, never)).phase, 'printed');
    }
    assert.equal(
      printing.jobs().map(({ copy }) => copy),
      [1, 2, 3],
    );
    assert.is((await printing.resolve(id)).status, 'rejected');
  }));

test('each slip that waits is shown, however many came later', () =>
  inRoom(async ({ printing, device }) => {
    device.insertRoll(0);
    for (let n = 0; n < 30; n += 1) await printing.queue.add(`s${n}`, 's', { document: 'status' });
    assert.is(printing.jobs().length, 30);
  }));

test('a ticket that was removed while it waited is printed with the PIN, and only then', () =>
  inRoom(async ({ printing, device, papers }) => {
    device.insertRoll(0);
    const item = { id: 'poster', name: 'Poster' };
    const order = { seq: 1, orderId: 'a', drop: 'd', item, quantity: 1, numbers: [1], atMs: 0 };
    await printing.queue.add('order-1-a', 'a', { document: 'ticket', order });
    await printing.print({ do: 'remove', slip: 'order-1-a' }, false, never);
    device.insertRoll(20_000);
    assert.is((await printing.reprint('order-1-a')).status, 'done');
    await until(() => printing.queue.find('order-1-a-copy-2')?.phase === 'printed', 20_000);
    assert.is(papers.length, 1);
  }));

test('slips follow the language of the box at once, and what it says of itself with them', () =>
  inRoom(async ({ printing, papers }) => {
    network.push('box.language=fr');
    await printing.print({ document: 'status' }, false, never);
    network.push('box.language=de');
    await printing.print({ document: 'preflight' }, false, never);
    const [status, checklist] = papers.map(({ text }) => text.join());
    assert.match(status ?? '', 'tout fonctionne');
    assert.match(checklist ?? '', 'Zuerst prüfen.');
  }));

test.run();
