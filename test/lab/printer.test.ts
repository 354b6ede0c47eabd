/** A USB printer gadget on usblp. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../hal/os/clock.ts';
import { silentLog } from '../../hal/os/log.ts';
import { openPrinter } from '../../hal/printer/device.ts';
import { renderPaper } from '../../hal/printer/paper/escpos-render.ts';
import type { PrintDocument, PrintOutcome } from '../../hal/printer/port.ts';
import { PRINTER_PROFILES } from '../../hal/printer/profiles.ts';
import { lpTransport } from '../../hal/printer/transport/lp.ts';
import { listUsbPrinters } from '../../hal/printer/transport/usb-printers.ts';
import { readCodes } from '../../hal/printer/verify.ts';
import { timed, until } from './support/kernel.ts';
import { makePrinter } from './support/usb-gadget.ts';

const test = suite('lab: a USB printer on usblp');
const never = new AbortController().signal;
const profile = PRINTER_PROFILES['generic-58'];
const LINK = 'https://venue.example/drop/lab';
const SLIP: PrintDocument = [
  { kind: 'text', text: 'Lab' },
  { kind: 'qr', data: LINK },
];
/** Some 190 kB: more than the gadget and usblp hold. */
const LONG: PrintDocument = [
  { kind: 'picture', picture: { width: 384, height: 4000, pixels: new Uint8Array(384 * 4000) } },
];

const gadget = makePrinter();

/** The printer's own side: takes bytes and answers status requests. */
async function openPrinterSide() {
  const state = { isPaperOut: false, isSilent: false, holdsAfter: Infinity, got: Buffer.alloc(0) };
  const stop = new AbortController();
  const flags = constants.O_RDWR | constants.O_NONBLOCK;
  // ENODEV until the host has chosen the gadget's interface.
  const tryOpen = () => open('/dev/g_printer0', flags).catch(() => undefined);
  let file = await tryOpen();
  await until('the gadget', async () => {
    file ??= await tryOpen();
    return file !== undefined;
  });
  assert.ok(file);
  const device = file;
  const answer = (which: number) =>
    0x12 | (state.isPaperOut && which === 4 ? 0x60 : 0) | (state.isPaperOut && which === 1 ? 8 : 0);
  /** Full while the host reads nothing (EAGAIN); gone with the plug. */
  const say = async (byte: number) => {
    for (let i = 0; i < 200 && !stop.signal.aborted; i += 1) {
      const said = await device.write(Buffer.from([byte])).then(
        () => true,
        () => false,
      );
      if (said) return;
      await sleep(5);
    }
  };
  // All that the gadget holds (10 x 8 KiB): of a transfer that was read in part it keeps a
  // pointer over an unplug, and the next read ends the kernel.
  const bytes = Buffer.alloc(131_072);
  const served = (async () => {
    while (!stop.signal.aborted) {
      const read =
        state.got.length > state.holdsAfter
          ? 0
          : await device.read(bytes).then(
              ({ bytesRead }) => bytesRead,
              () => 0,
            );
      if (read === 0) await sleep(5);
      const chunk = Buffer.from(bytes.subarray(0, read));
      state.got = Buffer.concat([state.got, chunk]);
      // usblp's transfers may come together: the question is then at the end.
      const [dle, eot, which = 0] = chunk.subarray(-3);
      if (dle === 0x10 && eot === 0x04 && !state.isSilent) {
        await say(answer(which));
      }
    }
  })();
  return {
    state,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await served;
      await device.close();
    },
  };
}

const openUsb = () =>
  openPrinter(lpTransport('auto', systemClock), profile, { clock: systemClock, log: silentLog });
const printer = openUsb();

test('a USB printer is found and answers its status', async () => {
  await until('/dev/usb/lp0', async () => (await listUsbPrinters()).length === 1);
  await using side = await openPrinterSide();
  const well = { phase: 'known', isOnline: true, paper: 'ok', isCoverOpen: false };
  assert.equal(await printer.status(never), well);
  side.state.isPaperOut = true;
  assert.equal(await printer.status(never), { ...well, isOnline: false, paper: 'out' });
});

test('a job arrives whole, and its QR is read off what arrived', async () => {
  await using side = await openPrinterSide();
  assert.equal(await printer.print(SLIP, never), { outcome: 'printed' });
  const paper = renderPaper(side.state.got, profile);
  assert.equal(readCodes(paper.picture), [LINK]);
  assert.is(paper.text[0], 'Lab');
});

test('a silent printer gets the job, and it is only called sent', async () => {
  await using side = await openPrinterSide();
  side.state.isSilent = true;
  // Not by the one above, to which it has answered.
  const other = openUsb();
  assert.equal(await other.status(never), { phase: 'silent' });
  assert.equal(await other.print(SLIP, never), { outcome: 'sent' });
  // All of it, which the printer reads a moment after the driver has handed it over.
  const codes = () => readCodes(renderPaper(side.state.got, profile).picture);
  await until('the whole slip', () => codes().length > 0);
  assert.equal(codes(), [LINK]);
});

test('out of paper: nothing is sent; in mid-job: reported after it', async () => {
  await using side = await openPrinterSide();
  side.state.isPaperOut = true;
  const before = await printer.print(SLIP, never);
  assert.equal(before, { outcome: 'failed', reason: 'it is out of paper', sentBytes: 0 });
  side.state.isPaperOut = false;
  const printing = printer.print(LONG, never);
  await until('20 kB', () => side.state.got.length > 20_000);
  side.state.isPaperOut = true;
  const during = await printing;
  assert.match(
    during.outcome === 'failed' ? during.reason : '',
    'after the job it is out of paper',
  );
});

test('unplugged in mid-job: reported, and printing again after the replug', async () => {
  {
    await using side = await openPrinterSide();
    side.state.holdsAfter = 20_000;
    const printing = printer.print(LONG, never);
    await until('20 kB', () => side.state.got.length > 20_000);
    await sleep(100);
    gadget.unplug();
    let outcome: PrintOutcome | undefined;
    const reported = printing.then((one) => {
      outcome = one;
    });
    await timed(1000, 'printer: failed job reported', () => outcome !== undefined);
    await reported;
    assert.ok(outcome);
    if (outcome.outcome !== 'failed') throw new Error(`the job is ${outcome.outcome}`);
    const { sentBytes } = outcome;
    assert.ok(sentBytes > 0 && sentBytes < 190_000, `${sentBytes} bytes`);
    assert.match(outcome.reason, /ENODEV|ESHUTDOWN|EIO/);
  }
  assert.is((await printer.status(never)).phase, 'away');
  gadget.plug();
  await using side = await openPrinterSide();
  const isKnown = async () => (await printer.status(never)).phase === 'known';
  await timed(5000, 'printer: printing again', isKnown);
  assert.equal(await printer.print(SLIP, never), { outcome: 'printed' });
  // What the kernel took is on its way to the printer.
  await until('the slip', () => side.state.got.length > 1000);
});

test.run();
