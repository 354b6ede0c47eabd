/** What the box sends to the operator's page, and the keys of the config, in the page's languages. */
import { readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Field, settingsOfSchema } from '../../../../daemon/config/form/form.ts';
import { CHILDREN } from '../../../../daemon/health/media-rules.ts';
import { RULES } from '../../../../daemon/health/run.ts';
import {
  noSound,
  sourceAdvice,
  sourceFault,
  sourceName,
} from '../../../../daemon/health/source-words.ts';
import { CHECK_TEXTS } from '../../../../daemon/web/page/text/checks/languages.ts';
import { en as labels } from '../../../../daemon/web/page/text/labels/en.ts';
import { translate, translateCheck } from '../../../../daemon/web/page/text/translation.ts';
import { obstacleOf } from '../../../../hal/printer/status.ts';
import { fill } from '../../../../pipelines/player/text/fill.ts';

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

test('what helps tickets that wait goes by who holds them, and is translated', () => {
  const find = RULES.find(({ key }) => key === 'tickets-held')?.find;
  const advices = (['power', 'hour', 'not-saved'] as const).map((kind) => {
    const prints = { waiting: 1, printedTotal: 0, failedTotal: 0, held: { kind, reason: '' } };
    const found = find?.({ box: { prints } } as Parameters<NonNullable<typeof find>>[0]);
    return typeof found === 'object' && 'advice' in found ? (found.advice ?? '') : '';
  });
  assert.is(new Set(advices).size, 3);
  assert.match(advices.slice(0, 2).join(), /mains.*an hour/s);
  assert.equal(
    advices.filter((text) => translate(text, 'de') === undefined),
    [],
  );
});

test('each process has a name for hosts and an advice, and both are translated', () => {
  const processes = ['media', 'capture', 'uplink', 'whep', 'whip', 'srt'];
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

test('cameras and their sound are called by what they are, and what helps is translated', () => {
  const drivers = ['v4l2', 'libcamera', 'rtsp', 'srt', 'whip', 'test'].flatMap((camera) =>
    ['alsa', 'camera'].map((sound) => ({ camera, camera2: camera, sound })),
  );
  const said = drivers.flatMap((kinds) =>
    (['camera', 'camera2', 'sound'] as const).flatMap((id) => [
      ...['', 'NOT_FOUND', 'GONE', 'DEVICE_BUSY', 'NOT_PERMITTED'].flatMap(
        (code) => sourceFault(id, code, kinds) ?? [],
      ),
      ...[`${sourceName(id, kinds)} is not working`, noSound(kinds), sourceAdvice(id, kinds)],
    ]),
  );
  assert.equal(
    [...new Set(said)].filter((text) => translate(text, 'de') === undefined),
    [],
  );
  const network = { camera: 'rtsp', sound: 'camera' };
  assert.match(sourceAdvice('camera', network), 'network camera');
  assert.is(sourceFault('sound', 'NOT_FOUND', network), 'The camera sends no sound');
  assert.is(sourceFault('sound', 'NOT_FOUND', undefined), 'The sound card is missing');
});

test('why a survey ended or left something out is translated, with what it names', () => {
  const said = [
    'ended early: it was stopped',
    'not measured any more, to spare its data: five',
    'the receiver was not reached: no answer',
    'silent for 310 ms',
  ];
  assert.equal(
    said.map((text) => translateCheck(text, 'de')),
    [
      'vorzeitig beendet: es wurde angehalten',
      'wird nicht mehr gemessen, um Datenvolumen zu sparen: five',
      'der Empfänger war nicht zu erreichen: keine Antwort',
      'still seit 310 ms',
    ],
  );
});

test('why there is no update is translated, but for technical reasons', () => {
  const said = [
    'the update cannot be fetched: getaddrinfo ENOTFOUND x; check the network',
    'the server answers 404: check the address',
    '120 MB are missing on the system disk: delete recordings or clips',
    'this box takes no updates: its config file has no update.key',
  ];
  assert.equal(
    said.map((text) => translateCheck(text, 'de')),
    [
      'die Aktualisierung kann nicht geholt werden: getaddrinfo ENOTFOUND x; prüfe das Netz',
      'der Server antwortet 404: prüfe die Adresse',
      'auf dem Systemdatenträger fehlen 120 MB: lösche Aufnahmen oder Clips',
      translate(said[3] ?? '', 'de'),
    ],
  );
});

const CHECKS = ['daemon/drop/checks.ts', 'daemon/ready/judge.ts'].concat(
  readdirSync('daemon/ready/checklist').map((name) => `daemon/ready/checklist/${name}`),
);
/** A sentence, or a part of one; where only a figure differs, and no code. */
const IS_TEXT = /^(?!.*(?:[=&|?{}`$]|\w\(|[a-z]x1)|\W|x1 \S+$).*[a-z]+ .*[a-z]/;

/** Known with each of the words that they have. */
const WITH_WORDS: Readonly<Record<string, readonly string[]>> = {
  'mains x1': ['mains on', 'mains off', 'mains unknown'],
  'viewers here had x1': ['viewers here had no stalls', 'viewers here had 1 stall'],
  'not x1': ['not http://box.local:8080/'],
  'x1 x1 of x1': ['1 article of Friday', '3 articles of Friday'],
  'light x1': ['light 12 %'],
  'x1 is silent': ['left is silent', 'right is silent', 'mono is silent'],
};

/** Pieces of what checks have seen, and what they advise, as their sources write them; a value is `x1`. */
function wordsOfChecks(): readonly string[] {
  return CHECKS.flatMap((path) => {
    const source = readFileSync(path, 'utf8').replace(
      /\/\*[\s\S]*?\*\/|^\s*\/\/.*$|^import .*$/gm,
      '',
    );
    return [...source.matchAll(/'([^'\n]* [^'\n]*)'|`([^`\n]* [^`\n]*)`/g)];
  })
    .map(([, plain, filled = '']) => plain ?? filled.replace(/\$\{[^}]*\}/g, 'x1'))
    .flatMap((text) => (text.endsWith('.') ? [text] : text.split(/; |, |: /)))
    .filter((text) => IS_TEXT.test(text))
    .flatMap((text) => WITH_WORDS[text] ?? [text]);
}

test('what checks say is translated, but for figures and technical reasons', () => {
  const words = wordsOfChecks();
  assert.ok(words.length > 150, String(words.length));
  assert.equal(
    words.filter((text) => translateCheck(text, 'de') === text),
    [],
  );
  assert.is(
    translateCheck('85 %, 30 min left, mains off', 'de'),
    '85 %, noch 30 min, kein Netzstrom',
  );
});

test('why a slip waits is translated', () => {
  const printer = { phase: 'known', isOnline: true, paper: 'ok', isCoverOpen: false } as const;
  const faults = ['hal/printer/status.ts', 'hal/printer/polled/direct-print.ts'].flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/(?:return|EPTR_\w+:) '([^']+ [^']+)'/g)].map(
      ([, fault = '']) => fault,
    ),
  );
  const waits = [
    ...[{ isOnline: false }, { paper: 'out' as const }, { isCoverOpen: true }].map((one) =>
      obstacleOf({ ...printer, ...one }),
    ),
    ...['the printer does not answer', 'the printer does not poll', 'the printer is busy'],
    'printer.max_per_hour (2) is reached; the next one in 5 min',
    'no prints, to save the battery; plug in the mains',
  ];
  assert.ok(faults.length > 6, String(faults.length));
  const said = [...waits, ...faults].map((text = '') => [text, translateCheck(text, 'de')]);
  assert.equal(
    said.filter(([text, found]) => found === text),
    [],
  );
  assert.match(said.flat().join(), 'ist erreicht; der nächste in 5 min');
});

test('what the page answers to a slip is translated', () => {
  const source = readFileSync('daemon/printing/open.ts', 'utf8');
  const said = [...source.matchAll(/(?:rejected|done)\([^'()]*(?:\([^)]*\))?[^'()]*'([^']+)'/g)];
  const words = said.map(([, text = '']) => text);
  assert.ok(words.includes('noted as printed') && words.length > 3, words.join('; '));
  assert.equal(
    words.filter((text) => translate(text, 'de') === undefined),
    [],
  );
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

test('a sentence with values is translated as what it is, also where a shorter one fits it', () => {
  assert.is(translateCheck('viewers here had 3 stalls', 'de'), 'hier gab es 3 Aussetzer');
  assert.is(translateCheck('viewers here had 1 stall', 'pt'), 'aqui houve 1 corte');
  assert.is(translateCheck('7 ms away', 'de'), '7 ms entfernt');
  for (const [key, text] of Object.entries(CHECK_TEXTS.en)) {
    const names = [...text.matchAll(/\{(\w+)/g)].map(([, name = '']) => name);
    for (const value of ['1', '7']) {
      const values = Object.fromEntries(names.map((name) => [name, value]));
      const german = CHECK_TEXTS.de[key as keyof typeof CHECK_TEXTS.en];
      assert.is(translateCheck(fill(text, values), 'de'), fill(german, values), key);
    }
  }
});

test.run();
