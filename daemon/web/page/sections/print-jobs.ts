/** Slips that were asked for: what became of each, its picture, and what a person can do about it. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { PrintJobInfo } from '../../../model/prints.ts';
import { fromBox, fromCheck, boxTexts as text } from '../text/texts.ts';
import { askForPin, confirmBy, showPicture } from '../ui/dialog.ts';
import { h, setText, updateChildren } from '../ui/dom.ts';
import { formatTime } from '../ui/format.ts';
import { runCommand, settlePrint } from '../ui/request.ts';

const PHASES: Readonly<Record<PrintJobInfo['phase'], string>> = {
  waiting: text.waits,
  sending: text.isBeingPrinted,
  printed: text.printed,
  sent: text.sentLook,
  uncertain: text.perhapsPrinted,
  failed: text.notPrinted,
};

type ShowResult = (result: string) => void;

/** @param showResult Shows a result. */
export function openPrintJobs(showResult: ShowResult, onError: (error: unknown) => void) {
  const list = h('ul', { class: 'prints' });
  const run = (work: Promise<void>) => void work.catch(onError);
  return {
    element: list,
    update: (jobs: readonly PrintJobInfo[]) => {
      list.hidden = jobs.length === 0;
      updateChildren(
        list,
        [...jobs].reverse(),
        ({ id }) => id,
        (job) => openRow(job, showResult, run),
        (row, { phase, reason, atMs, copy, title }) => {
          row.classList.toggle('bad', phase === 'uncertain' || phase === 'failed');
          const why = reason === undefined ? '' : ` (${fromCheck(reason)})`;
          const state = row.querySelector('small');
          if (state !== null) setText(state, `${formatTime(atMs)}: ${PHASES[phase]}${why}`);
          const name = row.querySelector('.name');
          const shown = copy > 1 ? fill(text.copy, { title, number: String(copy) }) : title;
          if (name !== null) setText(name, shown);
          const [printed, again, leave] = row.querySelectorAll<HTMLElement>('.settle');
          if (printed !== undefined) printed.hidden = phase !== 'uncertain';
          if (leave !== undefined) leave.hidden = phase !== 'waiting';
          if (again !== undefined) again.hidden = phase === 'waiting' || phase === 'sending';
        },
      );
    },
  };
}

function openRow(
  { id, title }: PrintJobInfo,
  showResult: ShowResult,
  run: (work: Promise<void>) => void,
) {
  const name = h('button', { type: 'button', class: 'quiet name' }, title);
  const printed = h('button', { type: 'button', class: 'quiet settle' }, text.itWasPrinted);
  const again = h('button', { type: 'button', class: 'quiet settle' }, text.printAgain);
  const leave = h('button', { type: 'button', class: 'quiet settle' }, text.doNotPrint);
  leave.addEventListener('click', () => run(leaveOut(id, title, showResult)));
  name.addEventListener('click', () => showPicture(`/prints/${id}.png`, title));
  printed.addEventListener('click', () =>
    run(settlePrint(id, { do: 'printed' }).then(({ detail }) => showResult(fromBox(detail)))),
  );
  again.addEventListener('click', () => run(printAgain(id, title, showResult)));
  const row = h('div', { class: 'row' }, name, printed, again, leave);
  return h('li', {}, row, h('small', {}));
}

async function leaveOut(id: string, title: string, showResult: ShowResult): Promise<void> {
  const means = fill(text.doNotPrintMeans, { title });
  if (!(await confirmBy(text.doNotPrintQuestion, means, text.doNotPrint))) return;
  const outcome = await runCommand('print', undefined, { do: 'remove', slip: id });
  showResult(outcome.status === 'done' ? '' : fromBox(outcome.detail));
}

async function printAgain(id: string, title: string, showResult: ShowResult): Promise<void> {
  const pin = await askForPin(text.printOnceMore, fill(text.copyMeans, { title }), text.printAgain);
  if (pin === undefined) return;
  showResult(text.checkingPin);
  showResult(fromBox((await settlePrint(id, { do: 'again', pin })).detail));
}
