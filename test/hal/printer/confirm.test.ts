/** A printer that confirms what it prints, and is slow or silent when it is asked whether it does. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Clock, systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { openPrinter } from '../../../hal/printer/device.ts';
import type { Paper } from '../../../hal/printer/paper/escpos-render.ts';
import type { PrintDocument } from '../../../hal/printer/port.ts';
import { PRINTER_PROFILES } from '../../../hal/printer/profiles.ts';
import { openSimulatedPrinter } from '../../../hal/printer/simulated.ts';
import type { OpenTransport } from '../../../hal/printer/transport/transport.ts';

const test = suite('confirmation of a printer');
const never = new AbortController().signal;
/** Time runs twenty times as fast. */
const clock: Clock = {
  ...systemClock,
  monotonicMs: () => systemClock.monotonicMs() * 20,
  sleep: (ms, signal) => systemClock.sleep(ms / 20, signal),
};
const os = { clock, log: silentLog };
const profile = PRINTER_PROFILES['epson-80'];
const SLIP: PrintDocument = [{ kind: 'text', text: 'Tonight' }];
/** A status is waited for less long. */
const SLOW_MS = 1_000;

/** Its answers to questions can be slow (to the first), or not come; those to status requests always come. */
function open() {
  const papers: Paper[] = [];
  const onPaper = (paper: Paper) => papers.push(paper);
  const device = openSimulatedPrinter({ ...os, profile, rollMm: 5_000, onPaper });
  const state = { answers: 'at once' as 'at once' | 'late' | 'never', questions: 0 };
  const openTransport: OpenTransport = async (signal) => {
    const transport = await device.open(signal);
    let isAsked = false;
    return {
      ...transport,
      [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
      write: async (bytes, stop, onSent) => {
        isAsked = bytes[0] === 0x1d && bytes[1] === 0x28 && bytes[2] === 0x48;
        if (isAsked) state.questions += 1;
        await transport.write(bytes, stop, onSent);
      },
      read: async (timeoutMs, stop) => {
        const isLate = state.answers === 'late' && state.questions === 1;
        const isHeld = state.answers === 'never' || (isLate && timeoutMs < SLOW_MS);
        const bytes = await transport.read(timeoutMs, stop);
        return isAsked && isHeld ? Buffer.alloc(0) : bytes;
      },
    };
  };
  return { papers, state, printer: openPrinter(openTransport, profile, os) };
}

test('after a torn job a late answer is waited for: what follows is still confirmed', async () => {
  const { printer, state } = open();
  state.answers = 'late';
  const printed = await printer.print(SLIP, never, { isAfterTorn: true });
  assert.equal(printed, { outcome: 'printed' });
  assert.is(state.questions, 2, 'one before the job, one after it');
});

test('a printer that confirmed before is not believed by its status alone', async () => {
  const { printer, state, papers } = open();
  assert.equal(await printer.print(SLIP, never), { outcome: 'printed' });
  state.answers = 'never';
  const reason = 'it does not confirm what it prints';
  const second = await printer.print(SLIP, never);
  assert.equal(second, { outcome: 'failed', reason, sentBytes: 0 });
  assert.is(papers.length, 1, 'nothing was sent');
  state.answers = 'at once';
  assert.equal(await printer.print(SLIP, never), { outcome: 'printed' });
  assert.is(papers.length, 2);
});

test('another printer in its place, which confirms nothing, prints at the second try', async () => {
  const { printer, state, papers } = open();
  await printer.print(SLIP, never);
  state.answers = 'never';
  assert.is((await printer.print(SLIP, never)).outcome, 'failed');
  assert.equal(await printer.print(SLIP, never), { outcome: 'printed' });
  assert.is(papers.length, 2);
});

test.run();
