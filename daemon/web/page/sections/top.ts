import type { View } from '../../wire.ts';
import { stageOf } from '../ui/actions.ts';
import { find, mark, say } from '../ui/dom.ts';
import { formatSpan } from '../ui/format.ts';

/** Older than this, and what is shown is said to be old. */
const OLD_MS = 2_500;

/** The line above all: which box, what it does, and whether what is shown is so now. */
export function openTop() {
  const [age, said, phase, leave] = [find('age'), find('said'), find('phase'), find('sign-out')];
  let isShown = false;
  let isCrowdedOut = false;

  const tell = (isOld: boolean, short: string, long: string) => {
    document.body.classList.toggle('old', isOld && isShown);
    mark(age, 'data-state', isOld ? 'old' : 'fresh');
    say(age, short);
    // A screen reader is told when it changes, and not each second of the age.
    say(said, long);
  };
  const setShown = (next: boolean) => {
    isShown = next;
    phase.hidden = !next;
    leave.hidden = !next;
  };
  const showAge = (silentMs: number) => {
    if (!isShown) return;
    if (isCrowdedOut) {
      tell(true, 'open on too many pages', 'Open on too many pages: reload this one.');
    } else if (silentMs > OLD_MS) {
      const short = `${formatSpan(silentMs / 1000)} old`;
      tell(true, short, 'The data are old: the box does not answer.');
    } else tell(false, 'up to date', 'The data are up to date.');
  };
  return {
    showAge,
    showConnecting: () => tell(false, 'connecting', ''),
    showTrouble: (text: string) => tell(true, text, text),
    showSignedOut: () => {
      setShown(false);
      isCrowdedOut = false;
      tell(false, '', '');
      document.title = 'venuebox operator';
    },
    /** Newer pages are told now; this one takes no turns with them. */
    showCrowdedOut: () => {
      isCrowdedOut = true;
      showAge(0);
    },
    showView: (view: View) => {
      const stage = stageOf(view);
      setShown(true);
      say(find('name'), view.name);
      say(phase, stage.name);
      mark(phase, 'data-phase', stage.look);
      document.title = `${stage.look === 'live' ? '● ' : ''}${stage.name} – ${view.name}`;
    },
  };
}
