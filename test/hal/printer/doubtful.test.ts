/** Printers that are slow, torn off or late: none is called well that did not show it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { HalError } from '../../../hal/os/errors.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { openPrinter } from '../../../hal/printer/device.ts';
import type { PrintDocument } from '../../../hal/printer/port.ts';
import { PRINTER_PROFILES } from '../../../hal/printer/profiles.ts';
import { type LpFile, lpTransport } from '../../../hal/printer/transport/lp.ts';
import { type Build, SlowPrinter } from '../../simulation/slow-printer.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('a printer in doubt');
const never = new AbortController().signal;

function slip(id: string): PrintDocument {
  const picture = { width: 160, height: 120, dots: new Uint8Array(160 * 120).fill(1) };
  return [
    { kind: 'text', text: `BEGIN ${id}` },
    { kind: 'dots', picture },
    { kind: 'rule' },
    { kind: 'text', text: `END ${id}` },
  ];
}

/** A venue: the printer outlives the box, whose runs are each a printer of their own. */
function open(model: keyof typeof PRINTER_PROFILES, build: Partial<Build> = {}) {
  const clock = new VirtualClock();
  const profile = PRINTER_PROFILES[model];
  const paper = new SlowPrinter(
    { profile, mmPerS: 60, answersInTurn: false, confirms: true, chunkMs: 1, ...build },
    clock,
  );
  const startBox = () => openPrinter(paper.open, profile, { clock, log: silentLog });
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 50) {
      await clock.advance(50);
      await new Promise(setImmediate);
      paper.work(50);
    }
  };
  /** Lets time go on until it has settled. */
  const settled = async <T>(work: Promise<T>): Promise<T> => {
    let isOver = false;
    const mark = () => {
      isOver = true;
    };
    work.then(mark, mark);
    while (!isOver) await pass(50);
    return await work;
  };
  return { clock, paper, startBox, pass, settled };
}

test('one that only reports its status is printed when it had the time to print', async () => {
  const { clock, paper, startBox, settled } = open('generic-58');
  const printed = await settled(startBox().print(slip('a'), never));
  assert.equal(printed, { outcome: 'printed' });
  assert.ok(clock.monotonicMs() > 500, 'it was well at once, with the slip in its buffer');
  paper.switchOff();
  assert.ok(paper.papers.flat().includes('END a'));
});

test('one that is switched off with the slip in its buffer has not printed it', async () => {
  const { paper, startBox, pass, settled } = open('generic-58', { mmPerS: 55 });
  const printing = startBox().print(slip('a'), never);
  await pass(150);
  paper.switchOff();
  assert.is((await settled(printing)).outcome, 'failed');
  assert.not.ok(paper.papers.flat().includes('END a'));
});

test('one that answers late is not taken for one that never answers', async () => {
  const { paper, startBox, settled } = open('epson-80');
  paper.answerMs = 900;
  assert.equal(await settled(startBox().print(slip('a'), never)), { outcome: 'printed' });
});

test('that it confirms or answers nothing is found out while no slip waits', async () => {
  for (const isSilent of [false, true]) {
    const { clock, paper, startBox, settled } = open('generic-80', { confirms: false });
    if (isSilent) paper.answerMs = 1e9;
    const box = startBox();
    await settled(box.prepare?.(never) ?? Promise.reject());
    const beganMs = clock.monotonicMs();
    const { outcome } = await settled(box.print(slip('a'), never));
    assert.is(outcome, isSilent ? 'sent' : 'printed');
    const tookMs = clock.monotonicMs() - beganMs;
    assert.ok(tookMs < 3_000, `${tookMs} ms, of which the paper takes under 2,000`);
  }
});

test('a slip that comes while that is found out is confirmed by its own answer', async () => {
  for (const model of ['epson-80', 'generic-80'] as const) {
    for (let atMs = 50; atMs < 6_000; atMs += 350) {
      const { paper, startBox, pass, settled } = open(model, { answersInTurn: atMs % 100 === 0 });
      paper.answerMs = 1_200;
      const box = startBox();
      const stop = new AbortController();
      const preparing = (box.prepare?.(stop.signal) ?? Promise.reject()).catch(() => undefined);
      await pass(atMs);
      stop.abort();
      await settled(preparing);
      const printed = await settled(box.print(slip('a'), never));
      paper.switchOff();
      assert.equal(printed, { outcome: 'printed' }, `${model} at ${atMs}`);
      assert.ok(paper.papers.flat().includes('END a'), `${model} at ${atMs}: still in the buffer`);
    }
  }
});

test('one that answered before, and is silent now, is sent nothing', async () => {
  const { paper, startBox, settled } = open('epson-80');
  const box = startBox();
  await settled(box.print(slip('a'), never));
  paper.answerMs = 60_000;
  const second = await settled(box.print(slip('b'), never));
  assert.equal(second, { outcome: 'failed', reason: 'the printer does not answer', sentBytes: 0 });
});

test('its paper sensor’s answer to a box that was killed confirms nothing of the next', async () => {
  const { paper, startBox, pass, settled } = open('generic-80', { mmPerS: 40 });
  const killed = new AbortController();
  const first = startBox().print(slip('a'), killed.signal);
  // All was sent, and the question after it; the printer is still at it.
  await pass(450);
  killed.abort(new Error('killed'));
  await settled(first.catch(() => undefined));
  const second = startBox().print(slip('b'), never, { isAfterTorn: true });
  await settled(second);
  paper.switchOff();
  assert.equal(await second, { outcome: 'printed' });
  assert.ok(paper.papers.flat().includes('END b'), 'it was confirmed while it was in the buffer');
});

test('a slip behind the rest of another’s picture is not swallowed by it, whoever sent that', async () => {
  for (const model of ['epson-80', 'generic-80'] as const) {
    const { paper, startBox, pass, settled } = open(model, { chunkMs: 300 });
    const killed = new AbortController();
    const first = startBox().print(slip('a'), killed.signal);
    await pass(700);
    killed.abort(new Error('killed'));
    await settled(first.catch(() => undefined));
    // Nobody tells this one that there was another.
    assert.equal(await settled(startBox().print(slip('b'), never)), { outcome: 'printed' }, model);
    paper.switchOff();
    const lines = paper.papers.flat();
    assert.is(lines[lines.indexOf('BEGIN b') + 2], 'END b', `${model}: ${lines.join()}`);
  }
});

/** usblp, as far as it is used: a transfer is under way until `finish`. */
function usbFile(failure?: string) {
  const log: string[] = [];
  let isBusy = false;
  const file = {
    write: async (bytes: Uint8Array, _from: number, length: number) => {
      const code = failure ?? 'EAGAIN';
      if (isBusy || failure !== undefined) throw Object.assign(new Error(code), { code });
      if (length > 0) isBusy = true;
      log.push(`${length} bytes`);
      return { bytesWritten: length, buffer: bytes };
    },
    read: async () => ({ bytesRead: 0 }),
    close: async () => void log.push(isBusy ? 'closed in the middle' : 'closed'),
  } as unknown as LpFile;
  const finish = () => {
    isBusy = false;
  };
  return { log, file, finish };
}

test('a USB printer’s file is not closed while the end of a job is on its way', async () => {
  const clock = new VirtualClock();
  const { log, file, finish } = usbFile();
  const list = async () => [{ path: '/dev/usb/lp0', id: '', name: 'no name' }];
  const transport = await lpTransport('auto', clock, { openFile: async () => file, list })(never);
  let isSent = false;
  const writing = transport.write(Buffer.from('the end'), never).then(() => {
    isSent = true;
  });
  await clock.advance(2_000);
  assert.not.ok(isSent);
  finish();
  await clock.advance(100);
  await writing;
  await transport[Symbol.asyncDispose]();
  assert.equal(log, ['7 bytes', '0 bytes', 'closed']);
});

test('a transfer that broke off was perhaps printed', async () => {
  const clock = new VirtualClock();
  const { file } = usbFile('EIO');
  const list = async () => [{ path: '/dev/usb/lp0', id: '', name: 'no name' }];
  const transport = await lpTransport('auto', clock, { openFile: async () => file, list })(never);
  let sentBytes = 0;
  const onSent = (sent: number) => {
    sentBytes = sent;
  };
  const fault = await transport.write(Buffer.from('slip'), never, onSent).catch((error) => error);
  assert.instance(fault, HalError);
  assert.is(sentBytes, 4);
});

test.run();
