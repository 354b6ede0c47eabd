/**
 * A box's print queue as a program of its own, so that a test can kill it:
 *
 *     printing-box.js FOLDER PROFILE FIRST END
 *
 * Prints the tickets FIRST to before END on the first USB printer there is, and writes a line for
 * each that is on the disk (`added N`), for each that a person is asked to look at (`flagged N`),
 * and for what the box makes of the others (`printed N`, `sent N`); at last `done`.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { renderClaim } from '../../../daemon/printing/claim.ts';
import { openClaimKeys } from '../../../daemon/printing/claim-key.ts';
import { PrintQueue } from '../../../daemon/printing/queue.ts';
import { openPrintStore } from '../../../daemon/printing/store.ts';
import { wordsIn } from '../../../daemon/printing/text/words.ts';
import { renderTicket } from '../../../daemon/printing/ticket.ts';
import { type Clock, systemClock } from '../../../hal/os/clock.ts';
import { openLog } from '../../../hal/os/log.ts';
import { openPrinter } from '../../../hal/printer/device.ts';
import { PRINTER_PROFILES } from '../../../hal/printer/profiles.ts';
import { lpTransport } from '../../../hal/printer/transport/lp.ts';
import { ticketOf } from './tickets.ts';

const [folder = '', model = '', first = '0', end = '0'] = process.argv.slice(2);
/** Of the queue alone, which waits seconds for a person. */
const SPEED = 10;
const WAITING_MAX = 3;

const log = openLog('warn', 'people', (line) => writeSync(2, line));
const clock: Clock = {
  ...systemClock,
  monotonicMs: () => systemClock.monotonicMs() * SPEED,
  sleep: (ms, signal) => systemClock.sleep(ms / SPEED, signal),
};
const profile = PRINTER_PROFILES[model as keyof typeof PRINTER_PROFILES];
const { privateKey } = await openClaimKeys(folder, log);
const queue = new PrintQueue({
  store: await openPrintStore(join(folder, 'prints'), log),
  printer: openPrinter(lpTransport('auto', systemClock), profile, { clock: systemClock, log }),
  render: async ({ content, copy }) => {
    if (content.document !== 'ticket') throw new Error(`no ticket: ${content.document}`);
    return renderTicket(content.order, { title: 'Lab', copy, words: wordsIn('en') }, (claim) =>
      renderClaim(claim, privateKey),
    );
  },
  pausedBy: () => undefined,
  perHour: () => 10_000,
  ...{ clock, log },
});
const ending = new AbortController();
const running = queue.run(ending.signal);
const say = (line: string) => writeSync(1, `${line}\n`);
const told = new Set<string>();
const tell = () => {
  for (const { id, phase } of queue.jobs()) {
    if ((phase !== 'printed' && phase !== 'sent') || told.has(id)) continue;
    told.add(id);
    say(`${phase} ${id.slice(1)}`);
  }
};
let next = Number(first);
while (next < Number(end) || queue.figures().waiting > 0) {
  for (const { id, phase } of queue.jobs()) {
    if (phase !== 'uncertain') continue;
    say(`flagged ${id.slice(1)}`);
    await queue.resolve(id);
  }
  tell();
  if (next < Number(end) && queue.figures().waiting < WAITING_MAX) {
    await queue.add(`t${next}`, `ticket ${next}`, { document: 'ticket', order: ticketOf(next) });
    say(`added ${next}`);
    next += 1;
  }
  await systemClock.sleep(10);
}
for (const { id, phase } of queue.jobs()) if (phase === 'uncertain') say(`flagged ${id.slice(1)}`);
tell();
say('done');
ending.abort();
await running;
