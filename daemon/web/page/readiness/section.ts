/** Before the drop: the checklist, the rehearsal and the survey, with their results. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { Readiness } from '../../../model/readiness.ts';
import { checksOf } from '../sections/checks.ts';
import { updateChecks } from '../sections/command-result.ts';
import { fromBox, stageTexts, planTexts as text } from '../text/texts.ts';
import { card, h, openMessage, setText, updateFacts } from '../ui/dom.ts';
import { type Outcome, runCommand } from '../ui/request.ts';
import type { Section } from '../ui/section.ts';
import { checklistText, rehearsalText, surveyRows, surveyText } from './texts.ts';

/** Ten minutes, and what comes before and after them. */
const REHEARSAL_TIMEOUT_MS = 12 * 60_000;
const WHATS = ['preflight', 'rehearsal', 'survey'] as const;
const NAMES = {
  preflight: text.checklist,
  rehearsal: text.rehearsal,
  survey: text.survey,
} as const;

export function openReadiness(onError: (error: unknown) => void): Section {
  const { message, fail } = openMessage(onError);
  const running = h('p', { class: 'calm' });
  const button = openButtons(message, fail);
  const run = (verb: 'preflight' | 'survey', args = {}) => runCommand(verb, undefined, args);
  const check = button(stageTexts.runChecks, text.checking, () => run('preflight'));
  const rehearse = button(text.rehearse, text.rehearsing, () =>
    runCommand('rehearse', undefined, {}, REHEARSAL_TIMEOUT_MS),
  );
  const survey = button(text.startSurvey, text.starting, () => run('survey'));
  let stopped: 'rehearse' | 'survey' = 'survey';
  const stop = button(text.stopIt, text.stopping, () =>
    runCommand(stopped, undefined, { stop: true }),
  );
  const print = (document: string, what: string) =>
    button(fill(text.print, { what }), text.printing, () =>
      runCommand('print', undefined, { document }),
    );
  const prints = WHATS.map((what) => print(what, NAMES[what]));
  const results = openResults(prints);
  const cardPrint = print('card', text.crewSheet);
  const cardPage = { href: '/prints/card.pdf', target: '_blank', rel: 'noreferrer' };
  const cards = h('div', { class: 'row below' }, cardPrint, h('a', cardPage, text.crewSheetPdf));
  const row = h('div', { class: 'row below' }, check, rehearse, survey, stop);
  const children = [running, row, message, ...results.elements, cards];
  const element = card('ready', text.ready, ...children);
  return {
    element,
    update: ({ view }, nowMs) => {
      const { readiness, drop, printer } = view;
      element.hidden = readiness === undefined;
      if (readiness === undefined) return;
      const now = readiness.running;
      setText(
        running,
        now === undefined
          ? ''
          : fill(text.runs, { what: NAMES[now.what], step: fromBox(now.step) }),
      );
      running.hidden = now === undefined;
      const canTry = now === undefined && (drop.phase === 'idle' || drop.phase === 'armed');
      check.disabled = now !== undefined;
      for (const one of [rehearse, survey]) one.disabled = !canTry;
      stop.hidden = now === undefined || now.what === 'preflight';
      stopped = now?.what === 'rehearsal' ? 'rehearse' : 'survey';
      cardPrint.hidden = printer.phase === 'absent';
      results.update(readiness, printer.phase !== 'absent', nowMs);
    },
  };
}

/** Buttons that send a command and show what came of it. */
function openButtons(message: HTMLElement, fail: (error: unknown) => void) {
  const send = (meanwhile: string, work: () => Promise<Outcome>) => {
    setText(message, meanwhile);
    work().then(({ detail }) => setText(message, fromBox(detail)), fail);
  };
  return (label: string, meanwhile: string, work: () => Promise<Outcome>) => {
    const element = h('button', { type: 'button', class: 'quiet' }, label);
    element.addEventListener('click', () => send(meanwhile, work));
    return element;
  };
}

/** What the last ones found, each with its print button. */
function openResults(prints: readonly HTMLButtonElement[]) {
  const [checklist, rehearsal, survey] = [0, 1, 2].map(() => h('summary'));
  const lists = [0, 1].map(() => h('ul', { class: 'checks' }));
  const facts = h('dl', { class: 'facts' });
  const parts = [
    [checklist, lists[0], prints[0]],
    [rehearsal, lists[1], prints[1]],
    [survey, facts, prints[2]],
  ] as const;
  const elements = parts.map((children) => h('details', {}, ...children));
  return {
    elements,
    update: (readiness: Readiness, hasPrinter: boolean, nowMs: number) => {
      const found = [readiness.checklist, readiness.rehearsal, readiness.survey];
      for (const [i, part] of elements.entries()) part.hidden = found[i] === undefined;
      for (const one of prints) one.hidden = !hasPrinter;
      if (checklist && lists[0] && readiness.checklist) {
        setText(checklist, checklistText(readiness.checklist, nowMs));
        updateChecks(lists[0], checksOf({ checks: readiness.checklist.lines }));
      }
      if (rehearsal && lists[1] && readiness.rehearsal) {
        setText(rehearsal, rehearsalText(readiness.rehearsal, nowMs));
        updateChecks(lists[1], checksOf({ checks: readiness.rehearsal.lines }));
      }
      if (survey && readiness.survey) {
        setText(survey, surveyText(readiness.survey, nowMs));
        updateFacts(facts, surveyRows(readiness.survey));
      }
    },
  };
}
