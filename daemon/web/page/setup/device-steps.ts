/** The steps of camera and sound: what is plugged in, with its picture and its meters. */

import { openPicture } from '../sections/picture.ts';
import { openSound as openMeters } from '../sections/sound.ts';
import { type PluggedGroup, readPlugged } from '../settings/plugged.ts';
import { readSettings } from '../settings/request.ts';
import { stageTexts, setUpTexts as text } from '../text/texts.ts';
import { h, setText } from '../ui/dom.ts';
import { followLive } from '../ui/live-view.ts';
import type { Section } from '../ui/section.ts';
import { changeSettings, restartFor, wantPreview } from './request.ts';
import { choices, type StepPage } from './step.ts';

/** A value of the list: driver and device. */
const TEST = 'test';
const SEPARATOR = ' ';

interface Kind {
  readonly title: string;
  readonly hint: string;
  readonly none: string;
  readonly testLabel: string;
  readonly group: PluggedGroup;
  readonly section: () => Section;
}

export function openCamera(): Promise<StepPage> {
  return openDevice({
    ...{ title: text.cameraTitle, hint: text.cameraHint, none: text.noCamera },
    ...{ testLabel: text.testPicture, group: 'camera', section: openPicture },
  });
}

export function openSoundStep(): Promise<StepPage> {
  return openDevice({
    ...{ title: stageTexts.sound, hint: text.soundHint, none: text.noSoundCard },
    ...{ testLabel: text.testTone, group: 'sound', section: openMeters },
  });
}

async function openDevice(kind: Kind): Promise<StepPage> {
  const { group } = kind;
  const { settings } = await readSettings();
  const settingOf = (key: string) => settings.find(({ path }) => path === `${group}.${key}`);
  const [driver, device] = [settingOf('driver'), settingOf('device')];
  const isLocked = driver?.isLocked === true || device?.isLocked === true;
  let used = driver?.value === TEST ? TEST : `${driver?.value}${SEPARATOR}${device?.value}`;
  const note = h('p', { class: 'hint', role: 'status' }, isLocked ? text.inFile : '');
  const again = h('button', { type: 'button', class: 'quiet' }, text.searchAgain);
  const live = followLive(kind.section(), wantPreview);
  const use = async (value: string): Promise<string | undefined> => {
    if (isLocked || value === used) return undefined;
    const [name = TEST, ...rest] = value.split(SEPARATOR);
    const fault = await changeSettings({
      [`${group}.driver`]: name,
      [`${group}.device`]: rest.length === 0 ? null : rest.join(SEPARATOR),
    });
    if (fault !== undefined) return fault;
    used = value;
    live.stop();
    setText(note, text.restarting);
    const wasRestarted = await restartFor(group).finally(() => setText(note, ''));
    if (wasRestarted || !live.isRunning()) live.start();
    return undefined;
  };
  const list = choices(group, (value) => {
    use(value).then(
      (fault) => fault !== undefined && setText(note, fault),
      (error: Error) => setText(note, error.message),
    );
  });
  const look = async () => {
    const plugged = isLocked ? [] : await readPlugged(group);
    const found = plugged.map((one) => ({
      value: `${one.driver}${SEPARATOR}${one.device}`,
      label: one.name,
    }));
    const test = { value: TEST, label: kind.testLabel };
    list.show(isLocked ? [] : [...found, test], used);
    if (!isLocked) setText(note, found.length === 0 ? kind.none : '');
  };
  const tryLook = () => void look().catch((error: Error) => setText(note, error.message));
  again.addEventListener('click', tryLook);
  again.hidden = isLocked;
  tryLook();
  live.start();
  return {
    ...{ title: kind.title, hint: kind.hint, close: live.stop },
    body: h('div', { class: 'rows' }, list.element, note, again, live.element),
    save: async () => undefined,
  };
}
