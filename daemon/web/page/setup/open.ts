/** The first set-up: a step at a time, each of which may be skipped; nothing is asked twice. */

import { fill } from '../../../../pipelines/player/text/fill.ts';
import { LANGUAGES } from '../../../../pipelines/player/text/language.ts';
import { STEPS, type Step, stepBefore } from '../../../first-boot/steps.ts';
import type { SetUpView } from '../../setup/protocol.ts';
import { language, setUpTexts as text } from '../text/texts.ts';
import { h, setText } from '../ui/dom.ts';
import { nameOf, switchLanguage } from '../ui/language.ts';
import { openDestination } from './destination-step.ts';
import { openCamera, openSoundStep } from './device-steps.ts';
import { frame, handOver } from './hand-over.ts';
import { openNetwork } from './network-step.ts';
import {
  changeSettings,
  chooseNetwork,
  keepPresence,
  type Presence,
  readSetting,
  readSetUp,
  sendAnswer,
  untilReopened,
} from './request.ts';
import type { StepPage } from './step.ts';
import { openName, openPin, openTitle } from './text-steps.ts';

/** Resolves when the person leaves the set-up for the box; never after a hand-over that goes well. */
export async function runSetUp(main: HTMLElement): Promise<void> {
  const presence = keepPresence();
  try {
    await runSteps(main, presence);
  } finally {
    presence.stop();
  }
}

async function runSteps(main: HTMLElement, presence: Presence): Promise<void> {
  /** A step that the person goes back to. */
  let again: Step | undefined;
  for (;;) {
    const view = await readSetUp();
    if (view?.isOpen !== true) return;
    const step: Step | undefined = again ?? view.next;
    if (step === undefined) {
      if (await handOver(main, presence.stop)) {
        await untilReopened();
        presence.start();
      } else again = STEPS.at(-1);
      continue;
    }
    const how = await runStep(main, step, view);
    if (how === 'later') return;
    again = how === 'back' ? stepBefore(step) : undefined;
  }
}

async function openStep(step: Step, view: SetUpView): Promise<StepPage> {
  switch (step) {
    case 'language':
      return openLanguage();
    case 'name':
      return await openName();
    case 'pin':
      return await openPin();
    case 'network':
      return openNetwork({
        missed: view.missed,
        ...{ hasCableChoice: true, choose: chooseNetwork },
      });
    case 'camera':
      return await openCamera();
    case 'sound':
      return await openSoundStep();
    case 'destination':
      return await openDestination();
    case 'title':
      return await openTitle();
  }
}

/** Shows one step until it is answered. */
async function runStep(
  main: HTMLElement,
  step: Step,
  view: SetUpView,
): Promise<'answered' | 'back' | 'later'> {
  const page = await openStep(step, view);
  const number = { number: String(STEPS.indexOf(step) + 1), count: String(STEPS.length) };
  const fault = h('p', { class: 'reason', role: 'alert' });
  const next = h('button', { type: 'submit', class: 'main' }, text.next);
  const skip = h('button', { type: 'button' }, text.skip);
  const later = h('button', { type: 'button', class: 'quiet' }, text.later);
  const row = h('div', { class: 'row answers below' }, later, skip, next);
  const form = h('form', { novalidate: '' }, page.body, fault, row);
  const back = h('button', { type: 'button', class: 'quiet back' }, text.back);
  back.hidden = stepBefore(step) === undefined;
  const count = h('p', { class: 'hint' }, fill(text.stepOf, number));
  const at = h('div', { class: 'row' }, count, back);
  const element = frame(step, page.title, at, h('p', {}, page.hint), form);
  main.replaceChildren(element);
  scrollTo(0, 0);
  const title = element.querySelector('h2');
  title?.setAttribute('tabindex', '-1');
  title?.focus();
  try {
    return await new Promise((resolve) => {
      const answer = (how: 'done' | 'skipped') => {
        next.disabled = true;
        setText(fault, '');
        const saved = how === 'done' ? page.save() : Promise.resolve(undefined);
        saved
          .then(async (reason) => {
            if (reason !== undefined) return setText(fault, reason);
            await sendAnswer(step, how);
            return resolve('answered');
          })
          .catch((error: Error) => setText(fault, error.message))
          .finally(() => {
            next.disabled = false;
          });
      };
      form.addEventListener('submit', (event) => {
        event.preventDefault();
        answer('done');
      });
      form.addEventListener('input', () => setText(fault, ''));
      skip.addEventListener('click', () => answer('skipped'));
      back.addEventListener('click', () => resolve('back'));
      later.addEventListener('click', () => resolve('later'));
    });
  } finally {
    page.close?.();
  }
}

/** One touch: the page is then written in that language. */
function openLanguage(): StepPage {
  const fault = h('p', { class: 'reason', role: 'alert' });
  const buttons = LANGUAGES.map((code) => {
    const name = nameOf(code);
    const button = h('button', { type: 'button', lang: code, 'data-language': code }, name);
    button.setAttribute('aria-pressed', String(code === language));
    button.addEventListener('click', () => {
      setText(fault, '');
      saveLanguage(code)
        .then(async (reason) => {
          if (reason !== undefined) return setText(fault, reason);
          await sendAnswer('language', 'done');
          return switchLanguage(code);
        })
        .catch((error: Error) => setText(fault, error.message));
    });
    return button;
  });
  return {
    ...{ title: text.languageTitle, hint: text.languageHint },
    body: h('div', { class: 'rows' }, h('div', { class: 'choices' }, ...buttons), fault),
    save: () => saveLanguage(language),
  };
}

/** What the box prints is in it, too. */
async function saveLanguage(code: string): Promise<string | undefined> {
  const setting = await readSetting('box.language');
  return setting?.isLocked === true ? undefined : await changeSettings({ 'box.language': code });
}
