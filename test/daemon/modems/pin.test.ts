/** Tests of SIM PIN entry. */
import { mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decidePin, parsePinMemories, pinKeyOf } from '../../../daemon/modems/pin.ts';
import { openPinEntry } from '../../../daemon/modems/pin-entry.ts';
import { openAtModem } from '../../../hal/modem/at-modem.ts';
import type { ModemState } from '../../../hal/modem/port.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { HalError } from '../../../hal/os/errors.ts';
import type { Log } from '../../../hal/os/log.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { answering, freshModem } from '../../support/modem/at-modem.ts';
import { openPty } from '../../support/pty.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite("a SIM's PIN");
const never = new AbortController().signal;

const LOCKED: ModemState = {
  id: '861',
  model: 'EM7455',
  registration: 'locked',
  technology: 'unknown',
  sim: 'pin',
  addresses: [],
};
const OPEN: ModemState = { ...LOCKED, registration: 'searching', sim: 'ready' };

/** A entry in front of a SIM that counts its tries. */
async function entryOf(pin: string, options: { folder?: string; log?: Log } = {}) {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'venuebox-pin-')));
  const file = join(folder, 'sim.pin');
  const clock = new VirtualClock();
  const sent: string[] = [];
  let failure: HalError | undefined;
  const open = (files: Record<string, string> = { any: file }, stateFolder = folder) =>
    openPinEntry({
      ...{ files, stateFolder },
      clock,
      log: options.log ?? silentLog,
      modems: {
        sendPin: async (_id, tried) => {
          if (failure !== undefined) throw failure;
          sent.push(tried);
          if (tried !== pin) throw new HalError('BAD_REPLY', 'the SIM refused the PIN');
        },
      },
    });
  return {
    folder,
    file,
    clock,
    sent,
    open,
    write: (text: string) => writeFile(file, text),
    fail: (error: HalError | undefined) => {
      failure = error;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

test('it is sent once for each time a SIM is put in, and by a box that was restarted', async () => {
  await using sim = await entryOf('4711');
  await sim.write('4711\n');
  const entry = await sim.open();
  for (let i = 0; i < 5; i += 1) assert.is((await entry.poll([LOCKED], never)).size, 0);
  assert.equal(sim.sent, ['4711']);
  await entry.poll([OPEN], never);
  await entry.poll([], never);
  await entry.poll([LOCKED], never);
  assert.equal(sim.sent, ['4711', '4711']);
  await (await sim.open()).poll([LOCKED], never);
  assert.is(sim.sent.length, 3);
});

test('a wrong one is never repeated, nor by a restarted box, until its file changes', async () => {
  await using sim = await entryOf('4711');
  await sim.write('1234');
  const first = await sim.open();
  const faults = await first.poll([LOCKED], never);
  assert.is(faults.get('861')?.kind, 'wrong');
  assert.match(faults.get('861')?.reason ?? '', sim.file);
  for (let i = 0; i < 3; i += 1) {
    await first.poll([LOCKED], never);
    await first.poll([], never);
    const again = await sim.open();
    assert.is((await again.poll([LOCKED], never)).get('861')?.kind, 'wrong');
  }
  assert.equal(sim.sent, ['1234']);
  await sim.write('47110');
  await first.poll([LOCKED], never);
  assert.equal(sim.sent, ['1234', '47110']);
});

test('the last try is left to a person: as the modem reports it, or as the box has counted', async () => {
  await using sim = await entryOf('4711');
  await sim.write('4711');
  const entry = await sim.open();
  const oneLeft = await entry.poll([{ ...LOCKED, pinTriesLeft: 1 }], never);
  assert.is(oneLeft.get('861')?.kind, 'kept');
  assert.equal(sim.sent, []);
  for (const wrong of ['1111', '22222', '333333', '4711']) {
    await sim.write(wrong);
    await entry.poll([LOCKED], never);
  }
  assert.equal(sim.sent, ['1111', '22222']);
  assert.is((await entry.poll([LOCKED], never)).get('861')?.kind, 'kept');
  await entry.poll([OPEN], never);
  await entry.poll([LOCKED], never);
  assert.is(sim.sent.at(-1), '4711');
});

test('what never reached the SIM is sent later; what got no answer counts as wrong', async () => {
  await using sim = await entryOf('4711');
  await sim.write('4711');
  const entry = await sim.open();
  sim.fail(new HalError('NOT_PERMITTED', 'polkit forbids it'));
  await entry.poll([LOCKED], never);
  sim.fail(undefined);
  await entry.poll([LOCKED], never);
  assert.equal(sim.sent, []);
  await sim.clock.advance(30_000);
  await entry.poll([LOCKED], never);
  assert.equal(sim.sent, ['4711']);
  await entry.poll([], never);
  sim.fail(new HalError('TIMEOUT', 'no answer'));
  assert.is((await entry.poll([LOCKED], never)).get('861')?.kind, 'wrong');
  sim.fail(undefined);
  assert.is((await (await sim.open()).poll([LOCKED], never)).get('861')?.kind, 'wrong');
  assert.is(sim.sent.length, 1);
  await (await sim.open()).poll([{ ...LOCKED, pinTriesLeft: 3 }], never);
  assert.is(sim.sent.length, 2);
});

test('where a try cannot be saved nothing is sent, and it is sent once it can', async () => {
  await using sim = await entryOf('4711');
  await sim.write('4711');
  // Nothing can be written below a file; a full disk refuses it as well.
  const state = join(sim.folder, 'state');
  await writeFile(state, '');
  const entry = await sim.open({ any: sim.file }, state);
  assert.match((await entry.poll([LOCKED], never)).get('861')?.reason ?? '', 'it is not sent');
  assert.equal(sim.sent, []);
  await rm(state);
  assert.is((await entry.poll([LOCKED], never)).size, 0);
  assert.equal(sim.sent, ['4711']);
});

test('a slow answer that opened the SIM after all counts as taken', async () => {
  await using sim = await entryOf('4711');
  await sim.write('4711');
  const entry = await sim.open();
  sim.fail(new HalError('TIMEOUT', 'no answer'));
  await entry.poll([LOCKED], never);
  await sim.clock.advance(10_000);
  await entry.poll([OPEN], never);
  sim.fail(undefined);
  await (await sim.open()).poll([LOCKED], never);
  assert.equal(sim.sent, ['4711']);
});

test('no file, one that is not there and one without a PIN are named', async () => {
  await using sim = await entryOf('4711');
  const of = async (files: Record<string, string>) =>
    (await (await sim.open(files)).poll([LOCKED], never)).get('861');
  assert.match((await of({}))?.reason ?? '', '861');
  assert.is((await of({ any: '/nowhere/pin' }))?.reason, '/nowhere/pin: ENOENT');
  await sim.write('secret!');
  const text = (await of({ any: sim.file }))?.reason ?? '';
  assert.match(text, 'must hold the PIN, 4 to 8 digits');
  assert.not.match(text, 'secret');
  assert.equal(sim.sent, []);
});

test('two modems have a file each, by IMEI, interface or port; any serves the rest', () => {
  const modem = { ...LOCKED, interfaceName: 'wwan0', port: '/dev/ttyUSB2' };
  assert.is(pinKeyOf(modem, ['any', '/dev/ttyUSB2', 'wwan0', '861']), '861');
  assert.is(pinKeyOf(modem, ['any', '/dev/ttyUSB2', 'wwan0']), 'wwan0');
  assert.is(pinKeyOf(modem, ['any', '/dev/ttyUSB2']), '/dev/ttyUSB2');
  assert.is(pinKeyOf(modem, ['wwan1', 'any']), 'any');
  assert.is(pinKeyOf(modem, ['wwan1']), undefined);
});

test('a PUK is left to people', () => {
  const file = { phase: 'ready', path: '/p', version: '1' } as const;
  assert.is(decidePin({ ...LOCKED, sim: 'puk' }, file, undefined, false).kind, 'nothing');
});

test('the PIN is in no line of the journal and in nothing that is saved', async () => {
  const lines: string[] = [];
  const hear = (...all: unknown[]) => lines.push(JSON.stringify(all));
  const log: Log = { debug: hear, info: hear, warn: hear, error: hear, with: () => log };
  await using sim = await entryOf('4711', { log });
  for (const pin of ['918273', '4711']) {
    await sim.write(pin);
    await (await sim.open()).poll([LOCKED], never);
  }
  assert.is(lines.length, 2);
  const kept = await readFile(join(sim.folder, 'modem-pins.json'), 'utf8');
  for (const text of [...lines, kept.replace(/"version":"[^"]*"/g, '')]) {
    assert.not.match(text, /918273|4711/);
  }
});

test('over a serial port: one try each, and the right one opens it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-pin-'));
  await using pty = openPty();
  const modem = freshModem('4711');
  pty.onData(answering(modem, (text) => pty.write(text)));
  const os = { clock: systemClock, log: silentLog };
  const file = join(folder, 'sim.pin');
  const modems = openAtModem(pty.path, 115_200, os);
  const entry = openPinEntry({ modems, files: { any: file }, stateFolder: folder, ...os });
  await writeFile(file, '9999');
  const faults = await entry.poll([LOCKED], never);
  assert.is(faults.get('861')?.kind, 'wrong');
  await entry.poll([LOCKED], never);
  await writeFile(file, '4711\n');
  assert.is((await entry.poll([LOCKED], never)).size, 0);
  const tried = modem.received.filter((command) => command.startsWith('AT+CPIN='));
  assert.equal(tried, ['AT+CPIN="9999"', 'AT+CPIN="4711"']);
  assert.is(modem.pin, undefined);
  await rm(folder, { recursive: true });
});

test('where it cannot be read now what the SIM has refused, nothing is sent', async () => {
  const entry = await entryOf('4711');
  await entry.write('9999');
  await entry.open().poll([LOCKED], never);
  assert.equal(entry.sent, ['9999']);
  const memory = join(entry.folder, 'modem-pins.json');
  await rename(memory, `${memory}.kept`);
  // Linux has EIO for address 0 of a process.
  await symlink('/proc/self/mem', memory);
  const next = entry.open();
  assert.is((await next.poll([LOCKED], never)).get('861')?.kind, 'kept');
  // A SIM that asks for none is not kept from anything.
  assert.is((await next.poll([OPEN], never)).size, 0);
  await rename(`${memory}.kept`, memory);
  assert.is((await next.poll([LOCKED], never)).get('861')?.kind, 'wrong');
  assert.equal(entry.sent, ['9999']);
});

test('any saved text is a memory', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      for (const known of Object.values(parsePinMemories(text)))
        assert.type(known.version, 'string');
    }),
  );
});

test.run();
