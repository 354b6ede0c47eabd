/** What is printed in each language: nothing of it is cut, on paper of either width. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../daemon/config/file.ts';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { cardSlip, crewSheet } from '../../../daemon/printing/card.ts';
import { renderDocument } from '../../../daemon/printing/documents.ts';
import { renderJoinSlip } from '../../../daemon/printing/join-slip.ts';
import { SLIP_TEXTS, translatorIn, wordsIn } from '../../../daemon/printing/text/words.ts';
import { renderTicket } from '../../../daemon/printing/ticket.ts';
import { renderDocument as renderBytes } from '../../../hal/printer/document.ts';
import { isEncodable } from '../../../hal/printer/paper/codepages.ts';
import { renderPaper } from '../../../hal/printer/paper/escpos-render.ts';
import type { PrintDocument, TextBlock } from '../../../hal/printer/port.ts';
import { PRINTER_PROFILES } from '../../../hal/printer/profiles.ts';
import { LANGUAGES, type Language } from '../../../pipelines/player/text/language.ts';
import { WELL } from '../../support/snapshot.ts';
import { CHECKLIST, REHEARSAL, SURVEY } from '../ready/support/results.ts';

const test = suite('languages on paper');

const YAML = `
drop:
  id: late
  title: Late set
  starts_at: '2026-11-29T20:00:00Z'
  catalogue: [{id: tape, name: Tape, stock: 9, price: 5, flash_price: 3, currency: EUR}]
power: {planned_minutes: 90, board: simulated}
card: {host: Ada}
camera2: {driver: test}
recording: {targets: [{id: card, folder: a}, {id: usb, folder: /media/usb}]}
uplink: {host: relay.example.org, port: 5000, links: [{id: lte, device: wwan1, backup: true}]}
`;
const PHASES = ['idle', 'preflight', 'armed', 'live', 'ending', 'fault'] as const;
const wifi = { ssid: 'Guests', password: 'drop2026' };
const order = {
  ...{ seq: 1, orderId: 'o-17', drop: 'late', quantity: 2, numbers: [11, 12], name: 'Ada' },
  ...{ item: { id: 'tape', name: 'Tape' }, atMs: Date.UTC(2026, 10, 29, 20) },
};
const alert = { key: 'x', severity: 'critical', sinceMs: 0 } as const;
const WORSE: BoxSnapshot = {
  ...WELL,
  readiness: { checklist: CHECKLIST, rehearsal: REHEARSAL, survey: { ...SURVEY, wifi: null } },
  warnings: [{ ...alert, text: 'All uplinks are down', advice: '' }],
};

async function slipsIn(language: Language): Promise<readonly PrintDocument[]> {
  const words = wordsIn(language);
  const facts = { title: 'Late set', wifi, words, translator: await translatorIn(language) };
  const urls = { playerUrl: 'http://10.0.0.5:8080/', operatorUrl: 'http://10.0.0.5:8081/' };
  const card = (overrides: readonly string[]) =>
    crewSheet(parseConfig('box.yaml', YAML, overrides), {
      ...{ box: { ...WELL, ...urls }, wifi, words },
    });
  const plain = ['drop.starts_at=""', 'recording.targets=[]', 'camera.lock_exposure=false'];
  const login = { ssid: 'venuebox-1a2b3', password: 'abcdefgh23', url: urls.operatorUrl };
  const documents = ['address', 'status', 'preflight', 'rehearsal', 'survey'] as const;
  return [
    renderTicket(order, { title: 'Late set', copy: 2, words }, () => 'VB1.x.y.z'),
    renderJoinSlip(login, words.text),
    renderJoinSlip({ ...login, notJoined: 'Cafe Central' }, words.text),
    cardSlip(card([])),
    cardSlip(card([...plain, 'power.board=none', 'sound.channels=1'])),
    ...[WELL, WORSE].flatMap((box) =>
      documents.map((name) => renderDocument(name, facts, { ...box, ...urls }, order.atMs)),
    ),
    ...PHASES.map((phase) =>
      renderDocument('status', facts, { ...WELL, drop: { ...WELL.drop, phase } }, order.atMs),
    ),
  ];
}

/** Addresses and keys of the config may go on in the next line; words of a language do not. */
const IS_WORD = /^[^\d/:._]+$/u;
const wordsOf = (text: string) => text.split(/\s+|(?<=-)/);

/** What is on slips, each once. */
async function linesIn(language: Language): Promise<readonly TextBlock[]> {
  const lines = (await slipsIn(language)).flat().filter((block) => block.kind === 'text');
  return [...new Map(lines.map((line) => [`${line.size} ${line.text}`, line])).values()];
}

for (const language of LANGUAGES) {
  test(`${language}: every word of every slip is on its paper, whole`, async () => {
    const lines = await linesIn(language);
    for (const { text } of lines) assert.ok(isEncodable(text), `drawn as a picture: ${text}`);
    for (const profile of [PRINTER_PROFILES['epson-58'], PRINTER_PROFILES['epson-80']]) {
      // Others are as wide as the paper at most. Painting it takes long.
      const long = lines.filter(({ text, size = 1 }) => text.length * size > profile.columns);
      const paper = renderPaper(renderBytes(long, profile), profile).text;
      const printed = new Set(paper.flatMap(wordsOf));
      const all = paper.join('').replace(/\s+/g, '');
      for (const { text } of long) {
        for (const word of wordsOf(text)) {
          const isThere = IS_WORD.test(word) ? printed.has(word) : all.includes(word);
          assert.ok(isThere, `${profile.columns} columns cut “${word}” of “${text}”`);
        }
      }
    }
  });

  test(`${language}: no text of a slip is English that was forgotten`, () => {
    if (language === 'en') return;
    /** The same word in both. */
    const same =
      /^\W*(\{\w+\}\W*)*$|^(N\.|No\.)|^(drop|live|host|crew|audio|uplink|camera|ok|light|checklist|wi-fi|password: \{password\}|\{sound\}.*)$/i;
    const [own, english] = [SLIP_TEXTS[language], SLIP_TEXTS.en].map((texts) =>
      Object.entries(texts).flatMap(([kind, all]) =>
        Object.entries(all).map(([key, text]) => [`${kind}.${key}`, text] as const),
      ),
    );
    const known = new Map(english);
    assert.equal(
      own?.filter(([key, text]) => known.get(key) === text && !same.test(text)),
      [],
    );
  });

  test(`${language}: a text has the values of its English one`, () => {
    const values = (text: string) => [...new Set(text.match(/\{\w+/g))].toSorted();
    for (const [kind, texts] of Object.entries(SLIP_TEXTS[language])) {
      const english: Readonly<Record<string, string>> =
        SLIP_TEXTS.en[kind as keyof typeof SLIP_TEXTS.en];
      for (const [key, text] of Object.entries(texts))
        assert.equal(values(text), values(english[key] ?? ''), `${kind}.${key}`);
    }
  });
}

test('what the box says elsewhere is on its slips in that language', async () => {
  const german = JSON.stringify(await slipsIn('de'));
  assert.match(german, 'Alle Leitungen');
  assert.not.match(german, 'All uplinks are down');
});

test.run();
