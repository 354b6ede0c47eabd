/** Alerts with a button that does, or leads to, what they advise. */
import { readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { settingsOfSchema } from '../../../../daemon/config/form/form.ts';
import { RULES } from '../../../../daemon/health/run.ts';
import { actionOf, isForCrew } from '../../../../daemon/web/page/ui/alert-actions.ts';

const test = suite('buttons of alerts');

/** Those of which something has a name carry it in place of `*`. */
const KEYS = RULES.map(({ key }) => key.replaceAll('*', 'x1'));

/** What only hands, or nobody at the box, can do. */
const WITHOUT = [
  ...['clock-unsynchronised', 'hot', 'memory-low', 'throttled', 'power-off-failed'],
  ...['undervoltage', 'undervoltage-seen', 'update-went-back', 'state-not-kept'],
  ...['media-silent', 'stream-stalled', 'x1-died', 'x1-down'],
];

/** Names of the sections of the page. */
function sectionsIn(folder: string): readonly string[] {
  const path = `daemon/web/page/${folder}`;
  const texts = readdirSync(path).map((name) => readFileSync(`${path}/${name}`, 'utf8'));
  return texts.flatMap((text) =>
    [...text.matchAll(/\bcard\(\s*'([\w-]+)'/g)].map(([, name = '']) => name),
  );
}

test('each alert has a button, but for those that are for hands', () => {
  const without = KEYS.filter((key) => actionOf(key) === undefined);
  assert.equal(without.toSorted(), WITHOUT.toSorted());
});

test('each button leads to a group of settings, or a section, that there is', () => {
  const ofSchema = settingsOfSchema().map(({ path }) => path.split('.')[0]);
  // The choice of the venue’s Wi-Fi stands among the settings, and is none.
  const groups = new Set([...ofSchema, 'wifi']);
  const page = ['sections', 'crew', 'drops'].flatMap((folder) => sectionsIn(folder));
  for (const key of KEYS) {
    const action = actionOf(key);
    if (action === undefined) continue;
    if ('settings' in action) assert.ok(groups.has(action.settings), `${key}: ${action.settings}`);
    else if ('section' in action) assert.ok(page.includes(action.section), key);
    assert.ok(action.label.length > 0);
  }
});

test('a box in safe mode is restarted by the button of its alert', () => {
  assert.equal(actionOf('safe-mode'), { label: 'Restart the box', command: 'restart' });
});

test('a camera or sound card that is gone leads to where another one is chosen', () => {
  const settingsOf = (key: string) => {
    const action = actionOf(key);
    return action !== undefined && 'settings' in action ? action.settings : undefined;
  };
  assert.equal(['camera-down', 'camera2-down'].map(settingsOf), ['camera', 'camera']);
  assert.equal(['sound-down', 'sound-silent'].map(settingsOf), ['sound', undefined]);
});

test('what is advised of printed slips is done there', () => {
  for (const { key, advice } of RULES.filter((one) => one.advice.includes('Printed slips'))) {
    const action = actionOf(key);
    assert.is(action !== undefined && 'section' in action && action.section, 'slips', advice);
  }
});

test('what is for the crew is no button for hosts', () => {
  const forCrew = (key: string) => {
    const action = actionOf(key);
    return action !== undefined && isForCrew(action);
  };
  for (const key of ['sim-wwan0-locked', 'safe-mode', 'no-picture']) assert.ok(forCrew(key), key);
  for (const key of ['print-uncertain', 'recording-failed']) assert.not(forCrew(key), key);
});

test.run();
