/** Which version of the program runs, which is offered, and the way to it and back: for the crew. */
import type { UpdateState } from '../../../model/update.ts';
import { fromBox, fromCheck } from '../text/texts.ts';
import { confirmBy } from '../ui/dialog.ts';
import { card, h, setText } from '../ui/dom.ts';
import { askJson, type Outcome } from '../ui/request.ts';
import type { Section } from '../ui/section.ts';
import { SAYS } from './words.ts';

/** A slow network brings a release within this. */
const TIMEOUT_MS = 3_600_000;

export function openUpdate(isCrew: boolean, onError: (error: unknown) => void): Section {
  const state = h('p', { class: 'calm' });
  const offer = h('p', {});
  const failure = h('p', { class: 'hint' });
  const message = h('p', { class: 'message', role: 'status' });
  const install = h('button', { type: 'button' });
  const look = h('button', { type: 'button', class: 'quiet' }, SAYS.look);
  const back = h('button', { type: 'button', class: 'quiet' });
  const row = h('div', { class: 'row' }, install, look, back);
  const stop = h('button', { type: 'button', class: 'quiet' }, SAYS.stopUpdate);
  const element = card('update', SAYS.program, state, offer, failure, row, stop, message);
  let shown: UpdateState | undefined;

  const ask = (body: object) => {
    askJson('POST', '/update', body, TIMEOUT_MS).then((answer) => {
      setText(message, fromCheck((answer as Outcome).detail));
    }, onError);
  };
  install.addEventListener('click', () => {
    const version = shown?.latest ?? '';
    const question = [
      SAYS.installTitle(version),
      SAYS.installDetail,
      SAYS.install(version),
    ] as const;
    void confirmBy(...question).then((isSure) => isSure && ask({ version }));
  });
  back.addEventListener('click', () => {
    const version = shown?.previous ?? '';
    const question = [SAYS.goBackTitle(version), SAYS.goBackDetail, SAYS.goBack(version)] as const;
    void confirmBy(...question).then((isSure) => isSure && ask({ back: true }));
  });
  stop.addEventListener('click', () => ask({ stop: true }));
  look.addEventListener('click', () => {
    setText(message, SAYS.looking);
    ask({ isDryRun: true });
  });
  return {
    element,
    update: ({ view: { update } }) => {
      element.hidden = !isCrew || update === undefined;
      if (update === undefined) return;
      shown = update;
      const { version, latest = '', previous = '', failed, isOnTrial, unsupported } = update;
      setText(state, isOnTrial === true ? SAYS.onTrial(version) : SAYS.runs(version));
      setText(offer, unsupported === undefined ? offerOf(update) : fromBox(unsupported));
      setText(failure, failed === undefined ? '' : failureOf(failed));
      setText(install, SAYS.install(latest));
      setText(back, SAYS.goBack(previous));
      const isBusy = update.step !== undefined || isOnTrial === true;
      row.hidden = unsupported !== undefined || isBusy;
      // Once the other version is in place the box starts with it, whatever is asked.
      stop.hidden = update.step?.what !== 'installing';
      install.hidden = update.isNewer !== true;
      back.hidden = previous === '';
    },
  };
}

function failureOf({ version, reason }: NonNullable<UpdateState['failed']>): string {
  return SAYS.wentBack(version, fromCheck(reason));
}

function offerOf({ step, latest, isNewer, offerFault }: UpdateState): string {
  if (step?.what === 'installing') return SAYS.installing(Math.round(step.ratio * 100));
  if (step?.what === 'restarting') return SAYS.updateRestarting;
  if (latest !== undefined && isNewer === true) return SAYS.offered(latest);
  return offerFault === undefined ? SAYS.newest : fromCheck(offerFault);
}
