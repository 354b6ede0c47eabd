/** The line at the top: the box's name, its phase, and the age of what is shown. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { View } from '../../protocol.ts';
import { stageTexts } from '../text/texts.ts';
import { stageOf } from '../ui/actions.ts';
import { elementById, setAttribute, setText } from '../ui/dom.ts';
import { formatClock, formatSpan } from '../ui/format.ts';

/** From this age on the page says that its data are old. */
const OLD_MS = 2_500;

export function openHeader() {
  const age = elementById('age');
  const spokenAge = elementById('spoken-age');
  const phase = elementById('phase');
  const timer = elementById('timer');
  const buttons = ['open-settings', 'sign-out'].map(elementById);
  let isShown = false;
  let isReplaced = false;

  const showState = (isOld: boolean, short: string, spoken: string) => {
    document.body.classList.toggle('old', isOld && isShown);
    setAttribute(age, 'data-state', isOld ? 'old' : 'fresh');
    setText(age, short);
    // For screen readers: it changes with the state, not with each second of the age.
    setText(spokenAge, spoken);
  };
  const setShown = (next: boolean) => {
    isShown = next;
    phase.hidden = !next;
    timer.hidden = !next;
    for (const button of buttons) button.hidden = !next;
  };
  const showAge = (ageMs: number) => {
    if (!isShown) return;
    if (isReplaced) {
      showState(true, stageTexts.tooManyPages, stageTexts.tooManyPages);
    } else if (ageMs > OLD_MS) {
      const short = fill(stageTexts.noAnswerFor, { time: formatSpan(ageMs / 1000) });
      showState(true, short, stageTexts.noAnswerSpoken);
    } else showState(false, stageTexts.upToDate, stageTexts.upToDateSpoken);
  };
  return {
    showAge,
    showConnecting: () => showState(false, stageTexts.connecting, ''),
    showFault: (text: string) => showState(true, text, text),
    showSignedOut: () => {
      setShown(false);
      isReplaced = false;
      showState(false, '', '');
      document.title = stageTexts.pageTitle;
    },
    /** Newer pages of this session get the events instead. */
    showReplaced: () => {
      isReplaced = true;
      showAge(0);
    },
    /** @param isCrew Hosts have the buttons, without settings. */
    showView: (view: View, nowMs: number, isCrew: boolean) => {
      const stage = stageOf(view);
      setShown(true);
      elementById('open-settings').hidden = !isCrew;
      setText(timer, formatClock(nowMs - view.drop.sinceMs));
      setText(elementById('name'), view.name);
      setText(phase, stage.name);
      setAttribute(phase, 'data-phase', stage.phase);
      document.title = `${stage.phase === 'live' ? '● ' : ''}${stage.name} – ${view.name}`;
    },
  };
}
