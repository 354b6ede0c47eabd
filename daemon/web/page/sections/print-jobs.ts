/** Slips that were asked for: what became of each, its picture, and what a person can do about it. */
import type { PrintJobInfo } from '../../../model/prints.ts';
import { askForPin, showPicture } from '../ui/dialog.ts';
import { h, setText, updateChildren } from '../ui/dom.ts';
import { formatTime } from '../ui/format.ts';
import { settlePrint } from '../ui/request.ts';

const PHASES: Readonly<Record<PrintJobInfo['phase'], string>> = {
  waiting: 'waits',
  sending: 'is being printed',
  printed: 'printed',
  sent: 'sent; this printer reports nothing: look',
  uncertain: 'perhaps printed: look',
  failed: 'could not be printed',
};

type Tell = (text: string) => void;

/** @param tell Shows a result. */
export function openPrintJobs(tell: Tell, onError: (error: unknown) => void) {
  const list = h('ul', { class: 'prints' });
  const run = (work: Promise<void>) => void work.catch(onError);
  return {
    element: list,
    update: (jobs: readonly PrintJobInfo[]) => {
      list.hidden = jobs.length === 0;
      updateChildren(
        list,
        jobs.toReversed(),
        ({ id }) => id,
        (job) => openRow(job, tell, run),
        (row, { phase, reason, atMs, copy, title }) => {
          row.classList.toggle('bad', phase === 'uncertain' || phase === 'failed');
          const copyText = copy > 1 ? `, copy ${copy}` : '';
          const why = reason === undefined ? '' : ` (${reason})`;
          const state = row.querySelector('small');
          if (state !== null) setText(state, `${formatTime(atMs)}: ${PHASES[phase]}${why}`);
          const name = row.querySelector('.name');
          if (name !== null) setText(name as HTMLElement, `${title}${copyText}`);
          const [printed, again] = row.querySelectorAll<HTMLElement>('.settle');
          if (printed !== undefined) printed.hidden = phase !== 'uncertain';
          if (again !== undefined) again.hidden = phase === 'waiting' || phase === 'sending';
        },
      );
    },
  };
}

function openRow({ id, title }: PrintJobInfo, tell: Tell, run: (work: Promise<void>) => void) {
  const name = h('button', { type: 'button', class: 'quiet name' }, title);
  const printed = h('button', { type: 'button', class: 'quiet settle' }, 'It was printed');
  const again = h('button', { type: 'button', class: 'quiet settle' }, 'Print again');
  name.addEventListener('click', () => showPicture(`/prints/${id}.png`, title));
  printed.addEventListener('click', () =>
    run(settlePrint(id, { do: 'printed' }).then(({ detail }) => tell(detail))),
  );
  again.addEventListener('click', () => run(printAgain(id, title, tell)));
  const row = h('div', { class: 'row' }, name, printed, again);
  return h('li', {}, row, h('small', {}));
}

async function printAgain(id: string, title: string, tell: Tell): Promise<void> {
  const detail = `${title}: the new slip says that it is a copy. Enter the PIN.`;
  const pin = await askForPin('Print it once more?', detail);
  if (pin === undefined) return;
  tell('Checking the PIN…');
  tell((await settlePrint(id, { do: 'again', pin })).detail);
}
