/** The operator's page: asks for the PIN, then shows the box and carries commands to it. */

import { phaseName } from './actions.ts';
import { openAlerts } from './alerts.ts';
import { readSession, SignedOut, signOut } from './ask.ts';
import { openAudience } from './audience.ts';
import { openCommands } from './commands.ts';
import { find, h, mark, say } from './dom.ts';
import { formatSpan } from './format.ts';
import { openJournal } from './journal.ts';
import { openLinks } from './links.ts';
import { openMachine } from './machine.ts';
import { fromHello, type Model, withChange, withLog, withSample } from './model.ts';
import { openPanel } from './panel.ts';
import type { Part } from './part.ts';
import { openPicture } from './picture.ts';
import { openPower } from './power.ts';
import { openRecording } from './recording.ts';
import { askPin } from './sign-in.ts';
import { openSlips } from './slips.ts';
import { openSound } from './sound.ts';
import { openStream, type Stream } from './stream.ts';

/** Older than this, and what is shown is said to be old. */
const OLD_MS = 2_500;
const CLOCK_EVERY_MS = 500;
const RETRY_MS = 2_000;

const main = find('main');
const age = find('age');
const phase = find('phase');
const leave = find('sign-out');

/** Begins with the PIN, where one is needed. */
async function begin(): Promise<void> {
  for (;;) {
    try {
      const session = await readSession();
      if (!session.isSignedIn) {
        showSignedOut();
        await askPin(main, session);
      }
      await showBox();
    } catch {
      say(age, 'the box does not answer');
      mark(age, 'data-state', 'old');
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

function showSignedOut(): void {
  phase.hidden = true;
  leave.hidden = true;
  document.body.classList.remove('old');
  say(age, '');
  document.title = 'venuebox operator';
}

/** Shows the box until the session is over. */
function showBox(): Promise<void> {
  return new Promise((resolve) => {
    let model: Model | undefined;
    let stream: Stream | undefined;
    const end = () => {
      stream?.close();
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
    const partOf = (id: string) => parts.find(({ element }) => element.id === id);
    const sound = partOf('sound');
    const drop = partOf('drop');
    const show = (only?: Part) => {
      if (model === undefined) return;
      const nowMs = Date.now() + model.offsetMs;
      for (const part of only === undefined ? parts : [only]) part.update(model, nowMs);
      if (only === undefined) showTop(model);
    };
    const put = (next: Model | undefined, only?: Part) => {
      model = next;
      show(only);
      showAge(stream?.silentMs() ?? 0);
    };
    const clock = setInterval(() => showAge(stream?.silentMs() ?? 0), CLOCK_EVERY_MS);
    leave.addEventListener('click', onLeave);
    leave.hidden = false;
    say(age, 'connecting');
    stream = openStream({
      hello: (hello) => {
        if (model === undefined) main.replaceChildren(...openColumns(parts));
        put(fromHello(hello, Date.now()));
      },
      change: (change) => put(model && withChange(model, change, Date.now())),
      levels: (levels) => put(model && { ...model, levels }, sound),
      sample: (sample) => {
        model = model && withSample(model, sample);
      },
      log: (lines) => {
        model = model && withLog(model, lines);
      },
      progress: (progress) => put(model && { ...model, progress }, drop),
      signedOut: end,
    });
  });
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
    openSlips(),
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

function showTop({ view }: Model): void {
  say(find('name'), view.name);
  say(phase, phaseName(view.drop.phase));
  mark(phase, 'data-phase', view.drop.phase);
  phase.hidden = false;
  const isLive = view.drop.phase === 'live';
  document.title = `${isLive ? '● ' : ''}${phaseName(view.drop.phase)} – ${view.name}`;
}

function showAge(silentMs: number): void {
  const isOld = silentMs > OLD_MS;
  document.body.classList.toggle('old', isOld);
  mark(age, 'data-state', isOld ? 'old' : 'fresh');
  say(age, isOld ? `${formatSpan(silentMs / 1000)} old` : 'up to date');
  // A screen reader is told when it changes, and not each second of the age.
  say(
    find('said'),
    isOld ? 'The data are old: the box does not answer.' : 'The data are up to date.',
  );
}

const TROUBLE_MS = 6_000;

function showTrouble(text: string): void {
  const note = h('p', { class: 'trouble', role: 'alert' }, `${text}.`);
  document.body.append(note);
  setTimeout(() => note.remove(), TROUBLE_MS);
}

void begin();
