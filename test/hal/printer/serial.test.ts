/** Tests of a printer on a serial port. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import { HalError } from '../../../hal/os/errors.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { openPrinter } from '../../../hal/printer/device.ts';
import { renderPaper } from '../../../hal/printer/paper/escpos-render.ts';
import type { PrintDocument } from '../../../hal/printer/port.ts';
import { PRINTER_PROFILES } from '../../../hal/printer/profiles.ts';
import { serialTransport } from '../../../hal/printer/transport/serial.ts';
import { readCodes } from '../../../hal/printer/verify.ts';
import { openPty, type Pty } from '../../support/pty.ts';

const test = suite('a printer on a serial port');
const never = new AbortController().signal;
const os = { clock: systemClock, log: silentLog };
const profile = PRINTER_PROFILES['generic-58'];
const LINK = 'https://venue.example/d/serial';
const SLIP: PrintDocument = [
  { kind: 'text', text: 'Serial' },
  { kind: 'qr', data: LINK },
];
const LONG: PrintDocument = [
  { kind: 'picture', picture: { width: 384, height: 2000, pixels: new Uint8Array(384 * 2000) } },
];

/** The printer's side of the cable: keeps what comes and answers DLE EOT. */
function serve(pty: Pty) {
  const side = { got: Buffer.alloc(0) };
  pty.onData((bytes) => {
    side.got = Buffer.concat([side.got, bytes]);
    const [dle, eot] = bytes.subarray(-3);
    if (dle === 0x10 && eot === 0x04) pty.write(Uint8Array.of(0x12));
  });
  return side;
}

test('jobs one right behind the other arrive complete, each on a newly opened port', async () => {
  await using pty = openPty();
  const side = serve(pty);
  await using printer = openPrinter(
    serialTransport(pty.path, { baudRate: 115_200 }, systemClock),
    profile,
    os,
  );
  const well = { phase: 'known', isOnline: true, paper: 'ok', isCoverOpen: false };
  assert.equal(await printer.status(never), well);
  const outcomes = [printer.print(SLIP, never), printer.print(SLIP, never)];
  assert.equal(await Promise.all(outcomes), [{ outcome: 'printed' }, { outcome: 'printed' }]);
  assert.equal(readCodes(renderPaper(side.got, profile).picture), [LINK, LINK]);
});

test('a line that hangs up in mid-job fails it, and reports how far it came', async () => {
  const pty = openPty();
  const side = serve(pty);
  await using printer = openPrinter(
    serialTransport(pty.path, { baudRate: 115_200 }, systemClock),
    profile,
    os,
  );
  // From within: a poll may come when the whole job has gone through.
  pty.onData(() => {
    if (side.got.length > 8000) pty.unplug();
  });
  const outcome = await printer.print(LONG, never);
  assert.is(outcome.outcome, 'failed');
  assert.ok(outcome.outcome === 'failed' && outcome.sentBytes > 0 && outcome.sentBytes < 96_000);
  assert.is((await printer.status(never)).phase, 'away');
});

test('a job is reported as it goes, and a line that takes nothing more is a time-out', async () => {
  await using pty = openPty();
  const fast = {
    ...systemClock,
    monotonicMs: () => systemClock.monotonicMs() * 50,
    sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms / 50, signal),
  };
  // The other end is not read: the kernel takes some kilobytes.
  await using line = await serialTransport(pty.path, { baudRate: 115_200 }, fast)(never);
  const reported: number[] = [];
  const failed = await line
    .write(new Uint8Array(100_000), never, (sent) => reported.push(sent))
    .catch((error: unknown) => error);
  assert.is(failed instanceof HalError && failed.code, 'TIMEOUT');
  assert.ok(reported.length > 1 && (reported.at(-1) ?? 0) < 100_000, String(reported));
});

test('a port that is not there, and one that another program has, are named', async () => {
  const open = (path: string) =>
    serialTransport(path, { baudRate: 9600 }, systemClock)(never).catch((error: unknown) => error);
  const missing = await open('/dev/ttyNONE');
  assert.is(missing instanceof HalError && missing.code, 'NOT_FOUND');
  await using pty = openPty();
  await using _first = await serialTransport(pty.path, { baudRate: 9600 }, systemClock)(never);
  const busy = await open(pty.path);
  assert.is(busy instanceof HalError && busy.code, 'DEVICE_BUSY', String(busy));
});

test('a job that waits ends with its signal, not with the job before it', async () => {
  await using pty = openPty();
  const printer = openPrinter(
    serialTransport(pty.path, { baudRate: 115_200 }, systemClock),
    profile,
    os,
  );
  const stop = new AbortController();
  // No answer and no reader: the first job takes its ten seconds.
  const first = printer.print(LONG, stop.signal).catch((error: unknown) => error);
  const leave = new AbortController();
  const second = printer.print(SLIP, leave.signal).catch((error: unknown) => error);
  leave.abort(new Error('the guest left'));
  assert.match(String(await second), 'the guest left');
  stop.abort(new Error('closing'));
  assert.match(String(await first), 'closing');
  pty.unplug();
  await printer[Symbol.asyncDispose]();
});

test.run();
