/** The operator's page: asks for the PIN, then shows the box and sends commands to it. */

import type { Hello } from '../protocol.ts';
import { openBranding } from './branding/branding.ts';
import { openAddresses } from './crew/addresses.ts';
import { openClips } from './crew/clips.ts';
import { openOverlay } from './crew/overlay.ts';
import { openPhoneCamera } from './crew/phone-camera.ts';
import { phoneHere } from './crew/phone-here.ts';
import { confirmRestart } from './crew/restart.ts';
import { openSupport } from './crew/support.ts';
import { openUpdate } from './crew/update.ts';
import { openDrops } from './drops/drops.ts';
import { openFleet } from './drops/fleet.ts';
import { openPastDrops } from './drops/past-drops.ts';
import { openReadiness } from './readiness/section.ts';
import { openAlerts } from './sections/alerts.ts';
import { openCommands } from './sections/commands.ts';
import { openHeader } from './sections/header.ts';
import { openLinks } from './sections/links.ts';
import { openLog } from './sections/log.ts';
import { openMachine } from './sections/machine.ts';
import { openPanel } from './sections/panel.ts';
import { openPicture } from './sections/picture.ts';
import { openPower } from './sections/power.ts';
import { openPrinted } from './sections/printed.ts';
import { openRecording } from './sections/recording.ts';
import { openShop } from './sections/shop.ts';
import { openSound } from './sections/sound.ts';
import { openViewers } from './sections/viewers.ts';
import { SettingsPlace } from './settings/open.ts';
import { runSetUp } from './setup/open.ts';
import { enterSetUp, readSetUp } from './setup/request.ts';
import { openWifi } from './setup/wifi.ts';
import { askPin } from './sign-in.ts';
import { stageTexts } from './text/texts.ts';
import type { AlertAction } from './ui/alert-actions.ts';
import { closeDialogs } from './ui/dialog.ts';
import { elementById, h } from './ui/dom.ts';
import { type EventHandlers, openEvents } from './ui/event-connection.ts';
import { connectLanguage } from './ui/language.ts';
import {
  fromHello,
  isOutdated,
  type Model,
  withChange,
  withLogLines,
  withSample,
} from './ui/model.ts';
import { reloadUnused } from './ui/reload.ts';
import { askPreview, readSession, SignedOut, signOut } from './ui/request.ts';
import type { Section } from './ui/section.ts';

const CLOCK_EVERY_MS = 500;
const RETRY_MS = 2_000;

const main = elementById('main');
const signOutButton = elementById('sign-out');
const settingsButton = elementById('open-settings');
const header = openHeader();

/** Asks for the PIN where needed, and shows the box; again and again. */
async function run(): Promise<void> {
  for (;;) {
    try {
      const session = await readSession();
      const setUp = await readSetUp();
      if (!session.isSignedIn || setUp?.isOpen === true) header.showSignedOut();
      if (!session.isSignedIn) {
        if (setUp?.canEnter === true) await enterSetUp();
        else {
          const asked = askPin(main, session, setUp);
          // Who films can stop that without the PIN.
          if (phoneHere().isSending())
            main.append(h('section', { class: 'card' }, phoneHere().element));
          await asked;
        }
      }
      const isCrew = (await readSession()).role !== 'host';
      if (isCrew && setUp?.isOpen === true) await runSetUp(main);
      await showBox(isCrew);
    } catch {
      header.showFault(stageTexts.boxAway);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** Shows the box until the session is over. @param isCrew Hosts have the buttons, without settings. */
function showBox(isCrew: boolean): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      events.close();
      clearInterval(clock);
      for (const section of sections) section.close?.();
      settings.close();
      closeDialogs();
      signOutButton.removeEventListener('click', onSignOut);
      settingsButton.removeEventListener('click', onSettingsButton);
      resolve();
    };
    const onError = (error: unknown) => {
      if (error instanceof SignedOut) end();
      else showError(error instanceof Error ? error.message : String(error));
    };
    const signedOut = (isByPerson: boolean) => {
      if (isByPerson) phoneHere().end();
      end();
    };
    const onSignOut = () => void signOut().then(() => signedOut(true), onError);
    const sections = openSections(isCrew, onError, (action) => {
      if ('command' in action) confirmRestart().catch(onError);
      else if ('settings' in action) onSettings(action.settings);
      else {
        // The settings may be in its place.
        showColumns();
        document.getElementById(action.section)?.scrollIntoView({ block: 'start' });
      }
    });
    const showColumns = () => {
      settings.close();
      columns[0]?.prepend(...inSight);
      main.replaceChildren(...columns);
    };
    const settings = new SettingsPlace(onError, showColumns, openWifi);
    const columns = renderColumns(sections);
    // The state, the next command and alerts stay, whatever else is shown.
    const inSight = sections.slice(0, 2).map(({ element }) => element);
    const onSettings = (section?: string) => {
      if (!isCrew) return;
      main.replaceChildren(h('div', { class: 'column' }, ...inSight), settings.element);
      settings.show(section).catch(onError);
    };
    const onSettingsButton = () => onSettings();
    header.showConnecting();
    const handlers = updateSections(sections, isCrew, showColumns);
    const events = openEvents({ ...handlers, signedOut, replaced: header.showReplaced });
    const clock = setInterval(() => header.showAge(events.ageMs()), CLOCK_EVERY_MS);
    signOutButton.addEventListener('click', onSignOut);
    settingsButton.addEventListener('click', onSettingsButton);
  });
}

/** What the box sent first to this page, whoever has signed in since. */
let firstHello: Hello | undefined;

/** One that fails, for example after an update of the box, does not take the others with it. */
function updateSection(section: Section, model: Model, nowMs: number): void {
  try {
    section.update(model, nowMs);
  } catch (error) {
    reportError(error);
  }
}

/** Applies each event to the model and updates the sections that it concerns. */
function updateSections(
  sections: readonly Section[],
  isCrew: boolean,
  onFirst: () => void,
): Omit<EventHandlers, 'signedOut' | 'replaced'> {
  let model: Model | undefined;
  let isOld = false;
  const update = (next: Model | undefined, ids?: readonly string[]) => {
    model = next;
    if (model === undefined) return;
    const nowMs = Date.now() + model.offsetMs;
    for (const section of sections) {
      if (ids === undefined || ids.includes(section.element.id))
        updateSection(section, model, nowMs);
    }
    if (ids === undefined) header.showView(model.view, nowMs, isCrew);
    header.showAge(0);
  };
  return {
    hello: (hello) => {
      if (model === undefined) onFirst();
      firstHello ??= hello;
      isOld = isOutdated(firstHello, hello);
      update(fromHello(hello, Date.now()));
    },
    change: (change) => {
      if (isOld) reloadUnused(phoneHere().isSending());
      update(model && withChange(model, change, Date.now()));
    },
    levels: (levels) => update(model && { ...model, levels }, ['sound']),
    progress: (progress) => update(model && { ...model, progress }, ['drop']),
    // These are drawn with the next change, half a second later at most.
    sample: (sample) => update(model && withSample(model, sample), []),
    log: (lines) => update(model && withLogLines(model, lines), []),
  };
}

function openSections(
  isCrew: boolean,
  onError: (error: unknown) => void,
  act: (action: AlertAction) => void,
): readonly Section[] {
  return [
    openCommands(onError),
    openAlerts(isCrew, act),
    openReadiness(onError),
    openPicture(askPreview),
    openSound(),
    openLog(),
    openLinks(),
    openViewers(),
    openPower(),
    openRecording(),
    openClips(isCrew, onError),
    openPanel(onError),
    openOverlay(onError),
    openPrinted(onError),
    openShop(isCrew, onError),
    openAddresses(),
    openPhoneCamera(isCrew, onError),
    openSupport(isCrew, onError),
    openFleet(),
    openUpdate(isCrew, onError),
    openDrops(isCrew, onError),
    openPastDrops(onError),
    ...(isCrew ? [openBranding(onError)] : []),
    openMachine(),
  ];
}

/** The stage, what carries it, and the rest; a narrow screen has one column. */
function renderColumns(sections: readonly Section[]): readonly HTMLElement[] {
  const of = (from: number, to: number) => sections.slice(from, to).map(({ element }) => element);
  return [of(0, 6), of(6, 9), of(9, sections.length)].map((elements) =>
    h('div', { class: 'column' }, ...elements),
  );
}

const ERROR_MS = 6_000;

function showError(text: string): void {
  const note = h('p', { class: 'error', role: 'alert' }, text);
  document.body.append(note);
  setTimeout(() => note.remove(), ERROR_MS);
}

connectLanguage(elementById('language') as HTMLSelectElement);
void run();
