/** USB printers that come back under another number. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import { HalError } from '../../../hal/os/errors.ts';
import { type LpFile, lpTransport } from '../../../hal/printer/transport/lp.ts';
import {
  chooseUsbPrinter,
  listUsbPrinters,
  type UsbPrinter,
} from '../../../hal/printer/transport/usb-printers.ts';

const test = suite('USB printers by what they are');
const never = new AbortController().signal;
const printer = (n: number, id: string): UsbPrinter => ({ path: `/dev/usb/lp${n}`, id, name: 'P' });
const A = 'usb:04b8:0202:A';
const B = 'usb:0416:5011:B';

test('the printer of lp0 that comes back as lp1 is found again', async () => {
  let plugged = [printer(0, A)];
  const opened: string[] = [];
  const openFile = async (path: string) => {
    opened.push(path);
    return { close: async () => {} } as unknown as LpFile;
  };
  const open = lpTransport('/dev/usb/lp0', systemClock, { openFile, list: async () => plugged });
  const reopen = async () => {
    await using _transport = await open(never);
  };
  await reopen();
  plugged = [];
  const gone = await reopen().catch((error: unknown) => error);
  assert.is(gone instanceof HalError && gone.code, 'NOT_FOUND');
  plugged = [printer(1, A)];
  await reopen();
  // Another printer has taken its number meanwhile.
  plugged = [printer(0, B), printer(1, A)];
  await reopen();
  assert.equal(opened, ['/dev/usb/lp0', '/dev/usb/lp1', '/dev/usb/lp1']);
});

test('a printer is never guessed among several, and the error names them', () => {
  const choose = (wanted: string, known?: string) => () =>
    chooseUsbPrinter([printer(1, A), printer(2, B)], wanted, known);
  assert.throws(choose('/dev/usb/lp0'), /may be one of \/dev\/usb\/lp1 \(usb:04b8:0202:A\), /);
  assert.is(choose(B)().path, '/dev/usb/lp2');
  assert.is(choose('auto')().path, '/dev/usb/lp1');
  assert.is(choose('auto', B)().path, '/dev/usb/lp2');
  assert.throws(choose('usb:1:2:none'), /not plugged in/);
});

test('whatever is plugged in, the one that was known is chosen while it is there', () => {
  const id = fc.constantFrom(A, B, '', 'usb:1:2', 'usb:3:4:x');
  const printers = fc
    .uniqueArray(fc.nat({ max: 5 }), { maxLength: 5 })
    .chain((ns) => fc.tuple(...ns.map((n) => id.map((one) => printer(n, one)))));
  const known = fc.constantFrom(undefined, A, B);
  fc.assert(
    fc.property(printers, known, fc.constantFrom('auto', '/dev/usb/lp0', A), (all, had, wanted) => {
      const wantedId = wanted.startsWith('usb:') ? wanted : had;
      try {
        const chosen = chooseUsbPrinter(all, wanted, had);
        if (all.some((one) => one.id === wantedId)) assert.is(chosen.id, wantedId);
        assert.ok(all.includes(chosen));
      } catch (error) {
        assert.ok(error instanceof HalError, String(error));
        assert.not.ok(all.filter((one) => one.id === wantedId).length === 1);
      }
    }),
    { seed: 13 },
  );
});

test('names come from sysfs, and a printer without any there still has its path', async () => {
  const root = await mkdtemp(join(tmpdir(), 'usb-printers-'));
  try {
    const device = join(root, 'devices/1-1');
    await mkdir(join(device, '1-1:1.0'), { recursive: true });
    await mkdir(join(root, 'class/lp0'), { recursive: true });
    await mkdir(join(root, 'dev'));
    const files = { idVendor: '04b8\n', idProduct: '0202\n', serial: 'L4 XF\n' };
    for (const [name, text] of Object.entries(files)) await writeFile(join(device, name), text);
    await writeFile(join(device, '1-1:1.0/ieee1284_id'), 'MFG:EPSON;MDL:TM-T20;');
    await symlink(join(device, '1-1:1.0'), join(root, 'class/lp0/device'));
    for (const name of ['lp0', 'lp11', 'other']) await writeFile(join(root, 'dev', name), '');
    assert.equal(await listUsbPrinters(join(root, 'dev'), join(root, 'class')), [
      { path: join(root, 'dev/lp0'), id: 'usb:04b8:0202:L4_XF', name: 'EPSON TM-T20' },
      { path: join(root, 'dev/lp11'), id: '', name: 'no name' },
    ]);
  } finally {
    await rm(root, { recursive: true });
  }
});

test.run();
