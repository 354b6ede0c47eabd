/** Tests of printers and their status. */
import { createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import { HalError } from '../../../hal/os/errors.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { openPrinter } from '../../../hal/printer/device.ts';
import type { Paper } from '../../../hal/printer/paper/escpos-render.ts';
import type { PrintDocument } from '../../../hal/printer/port.ts';
import { PRINTER_PROFILES } from '../../../hal/printer/profiles.ts';
import { openSimulatedPrinter } from '../../../hal/printer/simulated.ts';
import { findStatusByte, obstacleOf, parseStatus } from '../../../hal/printer/status.ts';
import { type LpFile, lpTransport } from '../../../hal/printer/transport/lp.ts';
import { tcpTransport } from '../../../hal/printer/transport/tcp.ts';
import type { OpenTransport } from '../../../hal/printer/transport/transport.ts';
import { readCodes } from '../../../hal/printer/verify.ts';

const test = suite('printer');
const never = new AbortController().signal;
const os = { clock: systemClock, log: silentLog };
const profile = PRINTER_PROFILES['generic-58'];
const LINK = 'https://venue.example/d/1';
const SLIP: PrintDocument = [
  { kind: 'text', text: 'Tonight' },
  { kind: 'qr', data: LINK },
];

/** Time runs a hundred times as fast. */
const fast = {
  log: silentLog,
  clock: {
    ...systemClock,
    monotonicMs: () => systemClock.monotonicMs() * 100,
    sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms / 100, signal),
  },
};

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await systemClock.sleep(5);
}

function simulated(rollMm = 5000) {
  const papers: Paper[] = [];
  const options = { ...os, profile, rollMm, onPaper: (paper: Paper) => papers.push(paper) };
  return { papers, ...openSimulatedPrinter(options) };
}

test('a well printer prints, and its paper carries the code', async () => {
  const { printer, papers } = simulated();
  assert.equal(await printer.print(SLIP, never), { outcome: 'printed' });
  assert.equal(
    papers.flatMap(({ picture }) => readCodes(picture)),
    [LINK],
  );
});

test('nothing is sent to a printer that is open, out of paper or away', async () => {
  const { printer, papers, setCover, insertRoll, setPlugged } = simulated();
  setCover(true);
  assert.match(await reason(printer.print(SLIP, never)), 'cover is open');
  setCover(false);
  insertRoll(0);
  assert.match(await reason(printer.print(SLIP, never)), 'out of paper');
  setPlugged(false);
  assert.match(await reason(printer.print(SLIP, never)), 'unplugged');
  assert.is(papers.length, 0);
  setPlugged(true);
  insertRoll(5000);
  assert.equal(await printer.print(SLIP, never), { outcome: 'printed' });
});

test('paper that runs out in mid-job is reported', async () => {
  const { printer } = simulated(20);
  assert.match(await reason(printer.print(SLIP, never)), 'after the job it is out of paper');
});

/** A printer that confirms jobs in order, and that is asked as often as it takes. */
function confirming(rollMm = 5000) {
  const papers: Paper[] = [];
  const model = PRINTER_PROFILES['epson-80'];
  const onPaper = (paper: Paper) => papers.push(paper);
  return { papers, ...openSimulatedPrinter({ ...os, profile: model, rollMm, onPaper }) };
}

test('paper that runs out in mid-job is waited for, and the job is printed once', async () => {
  const { printer, papers, insertRoll } = confirming(10);
  const printing = printer.print(SLIP, never);
  await until(async () => obstacleOf(await printer.status(never)) === 'it is out of paper');
  assert.is(papers.length, 0);
  insertRoll(5000);
  assert.equal(await printing, { outcome: 'printed' });
  assert.equal(
    papers.map(({ picture }) => readCodes(picture)),
    [[LINK]],
  );
});

test('a box that ends while a job waits for paper waits no more', async () => {
  const { printer } = confirming(20);
  const ending = new AbortController();
  const printed = printer.print(SLIP, ending.signal).then(
    () => 'printed',
    () => 'given up',
  );
  await systemClock.sleep(300);
  ending.abort(new Error('the box ends'));
  // Nothing else may run where it asks the printer again and again.
  assert.is(await printed, 'given up');
});

test('a printer that goes deaf in the middle is not known, and never called sent', async () => {
  for (const openOne of [simulated, confirming]) {
    const { open, setSilent } = openOne();
    const deaf: OpenTransport = async (signal) => {
      const transport = await open(signal);
      return {
        ...transport,
        [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
        write: async (bytes, stop, onSent) => {
          await transport.write(bytes, stop, onSent);
          if (onSent !== undefined) setSilent(true);
        },
      };
    };
    const model = openOne === simulated ? profile : PRINTER_PROFILES['epson-80'];
    const outcome = await openPrinter(deaf, model, fast).print(SLIP, never);
    assert.is(outcome.outcome, 'unknown', JSON.stringify(outcome));
  }
});

test('after a job that was torn in a picture the next one comes out whole', async () => {
  const { open, papers } = confirming();
  const model = PRINTER_PROFILES['epson-80'];
  const picture = { width: 576, height: 400, pixels: new Uint8Array(576 * 400) };
  let isCut = true;
  const cut: OpenTransport = async (signal) => {
    const transport = await open(signal);
    return {
      ...transport,
      [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
      write: async (bytes, stop, onSent) => {
        if (!isCut || onSent === undefined) return transport.write(bytes, stop, onSent);
        isCut = false;
        await transport.write(bytes.subarray(0, 5000), stop, onSent);
        throw new HalError('GONE', 'unplugged');
      },
    };
  };
  const printer = openPrinter(cut, model, os);
  const torn = await printer.print([{ kind: 'picture', picture }], never);
  assert.equal(torn, { outcome: 'failed', reason: 'unplugged', sentBytes: 5000 });
  assert.equal(await printer.print(SLIP, never), { outcome: 'printed' });
  assert.equal(
    papers.flatMap((paper) => readCodes(paper.picture)),
    [LINK],
  );
});

test('a silent printer is sent to and never called well', async () => {
  const { printer, setSilent } = simulated();
  setSilent(true);
  assert.equal(await printer.status(never), { phase: 'silent' });
  assert.equal(await printer.print(SLIP, never), { outcome: 'sent' });
});

async function reason(outcome: ReturnType<ReturnType<typeof simulated>['printer']['print']>) {
  const reported = await outcome;
  return reported.outcome === 'failed' ? reported.reason : reported.outcome;
}

test('status bytes say paper, cover and faults as Epson has them', () => {
  const well = { phase: 'known', isOnline: true, paper: 'ok', isCoverOpen: false };
  assert.equal(parseStatus({ 1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12 }), well);
  assert.equal(parseStatus({ 1: 0x12, 2: 0x12, 3: 0x12, 4: 0x72 }), { ...well, paper: 'out' });
  assert.equal(parseStatus({ 1: 0x12, 2: 0x12, 3: 0x12, 4: 0x1e }), { ...well, paper: 'low' });
  const open = { ...well, isOnline: false, isCoverOpen: true };
  assert.equal(parseStatus({ 1: 0x1a, 2: 0x16, 3: 0x12, 4: 0x12 }), open);
  assert.equal(parseStatus({ 1: 0x1a, 2: 0x12, 3: 0x1a, 4: 0x12 }), {
    ...well,
    isOnline: false,
    fault: 'the cutter is stuck',
  });
  assert.equal(parseStatus({}), { phase: 'silent' });
  assert.equal(parseStatus({ 1: 0x12 }), { phase: 'silent' });
});

test('any bytes from a printer are a status, and only status bytes count', async () => {
  const byte = fc.option(fc.integer({ min: 0, max: 255 }), { nil: undefined });
  await fc.assert(
    fc.property(fc.tuple(byte, byte, byte, byte), (all) => {
      const answers = Object.fromEntries(
        all.flatMap((one, index) => {
          const found = one === undefined ? undefined : findStatusByte(Uint8Array.of(one));
          return found === undefined ? [] : [[index + 1, found]];
        }),
      );
      const status = parseStatus(answers);
      if (status.phase === 'known' && status.paper === 'out') assert.ok(obstacleOf(status));
      assert.ok(status.phase === 'known' || status.phase === 'silent');
    }),
  );
  assert.is(findStatusByte(Buffer.from('hello\x12x')), 0x12);
  assert.is(findStatusByte(Buffer.from([0x00, 0xff, 0x01])), undefined);
});

test('the ninth waiting job is refused', async () => {
  let release = () => {};
  const blocked = new Promise<void>((resolve) => {
    release = resolve;
  });
  const printer = openPrinter(
    async () => {
      await blocked;
      throw new HalError('GONE', 'away');
    },
    profile,
    os,
  );
  const jobs = Array.from({ length: 8 }, () => printer.print(SLIP, never));
  const ninth = await printer.print(SLIP, never).catch((error: unknown) => error);
  assert.is(ninth instanceof HalError && ninth.code, 'DEVICE_BUSY');
  release();
  const outcomes = await Promise.all(jobs);
  assert.is(
    outcomes.every(({ outcome }) => outcome === 'failed'),
    true,
  );
});

test('a network printer gets the job after its status was asked for', async () => {
  const got: Buffer[] = [];
  const server = createServer((socket: Socket) => {
    socket.on('data', (bytes) => {
      got.push(bytes);
      // The question may come in one piece with the end of the job.
      const [dle, eot] = bytes.subarray(-3);
      if (dle === 0x10 && eot === 0x04) socket.write(Buffer.from([0x12]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const printer = openPrinter(tcpTransport('127.0.0.1', systemClock, port), profile, os);
  assert.equal(await printer.print(SLIP, never), { outcome: 'printed' });
  const bytes = Buffer.concat(got);
  assert.equal([...bytes.subarray(0, 3)], [0x10, 0x04, 1]);
  assert.is(bytes.includes(Buffer.from('Tonight')), true);
  await new Promise((resolve) => server.close(resolve));
  assert.is((await printer.status(never)).phase, 'away');
});

test('a USB printer without a way back prints, and nothing is said of its paper', async () => {
  const got: Buffer[] = [];
  // usblp's own answer to a read where the printer's interface is unidirectional.
  const refuse = async () => {
    throw Object.assign(new Error('EINVAL: invalid argument, read'), { code: 'EINVAL' });
  };
  const write = async (bytes: Uint8Array, from: number, length: number) => {
    got.push(Buffer.from(bytes.subarray(from, from + length)));
    return { bytesWritten: length, buffer: bytes };
  };
  const file = { read: refuse, write, close: async () => {} } as unknown as LpFile;
  const transport = lpTransport('/dev/usb/lp0', systemClock, {
    openFile: async () => file,
    list: async () => [{ path: '/dev/usb/lp0', id: '', name: 'no name' }],
  });
  const printer = openPrinter(transport, profile, os);
  assert.equal(await printer.status(never), { phase: 'silent' });
  assert.equal(await printer.print(SLIP, never), { outcome: 'sent' });
  assert.is(Buffer.concat(got).includes(Buffer.from('Tonight')), true);
});

test('a USB printer that is not plugged in is away, with its name', async () => {
  const printer = openPrinter(lpTransport('/dev/usb/lp77', systemClock), profile, os);
  const status = await printer.status(never);
  assert.match(status.phase === 'away' ? status.reason : '', '/dev/usb/lp77: it is not plugged in');
});

test.run();
