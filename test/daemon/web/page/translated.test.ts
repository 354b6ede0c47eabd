/** What the box sends to the operator's page, and the keys of the config, in the page's languages. */
import { readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Field, settingsOfSchema } from '../../../../daemon/config/form/form.ts';
import { CHILDREN } from '../../../../daemon/health/media-rules.ts';
import { RULES } from '../../../../daemon/health/run.ts';
import { en as labels } from '../../../../daemon/web/page/text/labels/en.ts';
import { translate } from '../../../../daemon/web/page/text/translation.ts';

const test = suite('translations');

const HEALTH = 'daemon/health';

/** Titles as the rules write them; a value in one is any word. */
function titlesOfAlerts(): readonly string[] {
  return readdirSync(HEALTH)
    .filter((name) => name.endsWith('rules.ts'))
    .flatMap((name) => [
      ...readFileSync(`${HEALTH}/${name}`, 'utf8').matchAll(
        /\btext:\s*(?:\(\w+\) => )?(?:'([^'\n]+)'|`([^`\n]+)`)/g,
      ),
    ])
    .map(([, plain, filled = '']) => plain ?? filled.replace(/\$\{[^}]*\}/g, 'x1'))
    .filter((title) => !/^x1|x1$/.test(title));
}

test('the title of each alert is translated, and so is what it advises', () => {
  const titles = titlesOfAlerts();
  assert.ok(titles.includes('All uplinks are down') && titles.length > 50, titles.join('; '));
  const said = [...titles, ...RULES.map(({ advice }) => advice)];
  assert.equal(
    said.filter((text) => translate(text, 'de') === undefined),
    [],
  );
});

test('each process has a name for hosts and an advice, and both are translated', () => {
  const processes = ['media', 'capture', 'camera', 'camera2', 'sound', 'uplink', 'whep', 'whip'];
  assert.equal(Object.keys(CHILDREN).toSorted(), [...processes, 'relay'].toSorted());
  const said = Object.values(CHILDREN).flatMap(({ name, advice }) => [
    ...[`${name} is not working`, `${name} failed and was restarted`, name, advice],
  ]);
  for (const text of said) {
    const translated = translate(text, 'de');
    assert.ok(translated !== undefined && !translated.includes('The '), text);
    assert.not.match(text, /whep|whip|webrtc|process/i);
  }
});

test('each key that the settings show has a name in every language', () => {
  const paths: string[] = [];
  const add = (path: string, field: Field): void => {
    if (field.kind === 'file-only') return;
    paths.push(path);
    if (field.kind === 'list') add(path, field.item);
    if (field.kind !== 'object') return;
    for (const [key, inner] of Object.entries(field.fields)) add(`${path}.${key}`, inner);
  };
  for (const { path, field } of settingsOfSchema()) add(path, field);
  assert.ok(paths.length > 120, `${paths.length} paths`);
  const isNamed = (path: string) => path in labels || (path.split('.').at(-1) ?? '') in labels;
  assert.equal(
    paths.filter((path) => !isNamed(path)),
    [],
  );
});

test.run();
