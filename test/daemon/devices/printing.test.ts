/** The print command: full queues and failed prints. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openPrinting } from '../../../daemon/devices/printing.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { openPrinter } from '../../../hal/printer/device.ts';
import { PRINTER_PROFILES } from '../../../hal/printer/profiles.ts';
import type { OpenTransport } from '../../../hal/printer/transport/transport.ts';
import { WELL } from '../../support/snapshot.ts';

const test = suite('print room');

/** A printer whose plug is held: nothing that is sent to it ends before `signal` does. */
const held: OpenTransport = (signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

function openRoom(open: OpenTransport) {
  const os = { clock: systemClock, log: silentLog };
  const printer = openPrinter(open, PRINTER_PROFILES['epson-80'], os);
  return openPrinting({
    printer,
    snapshot: () => ({ ...WELL, shedLoads: [] }),
    clock: systemClock,
    title: 'Live',
  });
}

test('a slip fails when too many are waiting', async () => {
  const room = openRoom(held);
  const box = new AbortController();
  const print = () => room.print({ document: 'address' }, false, box.signal);
  const before = Array.from({ length: 8 }, () => print().catch((error: unknown) => error));
  assert.equal(await print(), {
    status: 'failed',
    code: 'DEVICE_BUSY',
    detail: 'printer: 8 jobs wait already',
  });
  box.abort(new Error('the box ends'));
  for (const waiting of before) assert.is(await waiting, box.signal.reason);
});

test('a slip that was not printed fails with the reason', async () => {
  const room = openRoom(async () => {
    throw new Error('no plug');
  });
  const never = new AbortController().signal;
  assert.equal(await room.print({ document: 'address' }, false, never), {
    status: 'failed',
    code: 'NOT_PRINTED',
    detail: 'no plug',
  });
});

test.run();
