/** The operator's page: asks for the PIN, then shows the box and carries commands to it. */

import { openAlerts } from './sections/alerts.ts';
import { openAudience } from './sections/audience.ts';
import { openCommands } from './sections/commands.ts';
import { openJournal } from './sections/journal.ts';
import { openLinks } from './sections/links.ts';
import { openMachine } from './sections/machine.ts';
import { openPanel } from './sections/panel.ts';
import { openPicture } from './sections/picture.ts';
import { openPower } from './sections/power.ts';
import { openRecording } from './sections/recording.ts';
import { openSlips } from './sections/slips.ts';
import { openSound } from './sections/sound.ts';
import { openStream, type StreamHandlers } from './sections/stream.ts';
import { openTop } from './sections/top.ts';
import { askPin } from './sign-in.ts';
import { find, h } from './ui/dom.ts';
import { fromHello, type Model, withChange, withLog, withSample } from './ui/model.ts';
import { readSession, SignedOut, signOut } from './ui/request.ts';
import type { Part } from './ui/section.ts';

const CLOCK_EVERY_MS = 500;
const RETRY_MS = 2_000;

const main = find('main');
const leave = find('sign-out');
const top = openTop();

/** Begins with the PIN, where one is needed. */
async function begin(): Promise<void> {
  for (;;) {
    try {
      const session = await readSession();
      if (!session.isSignedIn) {
        top.showSignedOut();
        await askPin(main, session);
      }
      await showBox();
    } catch {
      top.showTrouble('the box does not answer');
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** Shows the box until the session is over. */
function showBox(): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      stream.close();
      clearInterval(clock);
      for (const part of parts) part.close?.();
      leave.removeEventListener('click', onLeave);
      resolve();
    };
    const onError = (error: unknown) => {
      if (error instanceof SignedOut) end();
      else showTrouble(error instanceof Error ? error.message : String(error));
    };
    const onLeave = () => void signOut().then(end, onError);
    const parts = openParts(onError);
    top.showConnecting();
    const stream = openStream({ ...follow(parts), signedOut: end, crowdedOut: top.showCrowdedOut });
    const clock = setInterval(() => top.showAge(stream.silentMs()), CLOCK_EVERY_MS);
    leave.addEventListener('click', onLeave);
  });
}

/** Keeps what the box tells, and draws the parts that it concerns. */
function follow(parts: readonly Part[]): Omit<StreamHandlers, 'signedOut' | 'crowdedOut'> {
  let model: Model | undefined;
  const draw = (next: Model | undefined, ids?: readonly string[]) => {
    model = next;
    if (model === undefined) return;
    const nowMs = Date.now() + model.offsetMs;
    for (const part of parts) {
      if (ids === undefined || ids.includes(part.element.id)) part.update(model, nowMs);
    }
    if (ids === undefined) top.showView(model.view);
    top.showAge(0);
  };
  return {
    hello: (hello) => {
      if (model === undefined) main.replaceChildren(...openColumns(parts));
      draw(fromHello(hello, Date.now()));
    },
    change: (change) => draw(model && withChange(model, change, Date.now())),
    levels: (levels) => draw(model && { ...model, levels }, ['sound']),
    progress: (progress) => draw(model && { ...model, progress }, ['drop']),
    // These wait for the next change, half a second at most.
    sample: (sample) => draw(model && withSample(model, sample), []),
    log: (lines) => draw(model && withLog(model, lines), []),
  };
}

function openParts(onError: (error: unknown) => void): readonly Part[] {
  return [
    openAlerts(),
    openCommands(onError),
    openPicture(),
    openSound(),
    openJournal(),
    openLinks(),
    openAudience(),
    openPower(),
    openRecording(),
    openPanel(onError),
    openSlips(onError),
    openMachine(),
  ];
}

/** What is watched, what carries it, and the rest; a narrow screen has one column. */
function openColumns(parts: readonly Part[]): readonly HTMLElement[] {
  const of = (from: number, to: number) => parts.slice(from, to).map(({ element }) => element);
  return [of(0, 5), of(5, 8), of(8, parts.length)].map((elements) =>
    h('div', { class: 'column' }, ...elements),
  );
}

const TROUBLE_MS = 6_000;

function showTrouble(text: string): void {
  const note = h('p', { class: 'trouble', role: 'alert' }, `${text}.`);
  document.body.append(note);
  setTimeout(() => note.remove(), TROUBLE_MS);
}

void begin();
