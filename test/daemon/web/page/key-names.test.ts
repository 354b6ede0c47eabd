/** Keys of the config never stand in what a host reads: a sentence names a setting as the page does. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Field, settingsOfSchema } from '../../../../daemon/config/form/form.ts';
import { en as advice } from '../../../../daemon/web/page/text/advice/en.ts';
import { BOX_TEXTS } from '../../../../daemon/web/page/text/box/languages.ts';
import { en as checks } from '../../../../daemon/web/page/text/checks/en.ts';
import { CREW_TEXTS } from '../../../../daemon/web/page/text/crew/languages.ts';
import { en as messages } from '../../../../daemon/web/page/text/messages/en.ts';
import { PLAN_TEXTS } from '../../../../daemon/web/page/text/plans/languages.ts';
import { SETTINGS_TEXTS } from '../../../../daemon/web/page/text/settings/languages.ts';
import { SET_UP_TEXTS } from '../../../../daemon/web/page/text/setup/languages.ts';
import { STAGE_TEXTS } from '../../../../daemon/web/page/text/stage/languages.ts';
import { openTranslator } from '../../../../daemon/web/page/text/translator.ts';
import { LANGUAGES } from '../../../../pipelines/player/text/language.ts';

const test = suite('keys of the config in sentences');

/** Each that the settings show, and what they lie in. */
function shownKeys(): ReadonlySet<string> {
  const keys = new Set<string>();
  const add = (path: string, field: Field): void => {
    if (field.kind === 'file-only') return;
    path.split('.').forEach((_, i, names) => {
      if (i > 0) keys.add(names.slice(0, i + 1).join('.'));
    });
    if (field.kind === 'list') add(path, field.item);
    if (field.kind !== 'object') return;
    for (const [key, inner] of Object.entries(field.fields)) add(`${path}.${key}`, inner);
  };
  for (const { path, field } of settingsOfSchema()) add(path, field);
  return keys;
}

const KEYS = shownKeys();
const keysIn = (text: string) =>
  (text.match(/\b[a-z]+\d?(?:\.[\w-]+)+/g) ?? []).filter((key) => KEYS.has(key));

test('what the box says names each setting by its label, in every language', () => {
  const said = [...Object.values(advice), ...Object.values(messages), ...Object.values(checks)];
  assert.ok(said.flatMap(keysIn).length > 20);
  for (const language of LANGUAGES) {
    const { sentence, check } = openTranslator(language);
    assert.equal(
      said.flatMap((text) => [...keysIn(sentence(text)), ...keysIn(check(text))]),
      [],
      language,
    );
  }
});

test('texts of the page itself have none, as nothing replaces them', () => {
  const ofPage = [STAGE_TEXTS, CREW_TEXTS, BOX_TEXTS, PLAN_TEXTS, SETTINGS_TEXTS, SET_UP_TEXTS];
  for (const language of LANGUAGES) {
    const texts = ofPage.flatMap((one) => Object.values(one[language]));
    assert.equal(texts.flatMap(keysIn), [], language);
  }
});

test.run();
