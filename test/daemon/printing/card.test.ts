/** The crew sheet: roles from the live config, on paper and as a page of A5. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodePDFRawStream, PDFArray, PDFDocument, PDFRawStream } from 'pdf-lib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../daemon/config/file.ts';
import { type CardFacts, cardSlip, crewSheet, wifiCode } from '../../../daemon/printing/card.ts';
import { openCard } from '../../../daemon/printing/card-facts.ts';
import { renderCardPdf } from '../../../daemon/printing/card-pdf.ts';
import { renderDocument } from '../../../daemon/printing/documents.ts';
import { wrap } from '../../../daemon/printing/pdf/text.ts';
import { translatorIn, wordsIn } from '../../../daemon/printing/text/words.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { PRINTER_PROFILES } from '../../../hal/printer/profiles.ts';
import { readDocumentCodes } from '../../../hal/printer/verify.ts';
import { LANGUAGES } from '../../../pipelines/player/text/language.ts';
import { WELL } from '../../support/snapshot.ts';

const test = suite('crew sheet');

const YAML = `
drop: {title: 'Late set, café corner', starts_at: '2026-11-29T20:00:00Z'}
power: {planned_minutes: 90}
card: {host: Ada, camera: Ben, audio: Cleo, wifi_name: 'Café; guests', notes: ['Doors at eight.']}
recording: {targets: [{id: card, folder: a}, {id: usb, folder: /media/usb}]}
uplink: {host: relay.example.org, port: 5000, links: [{id: five, device: wwan0}, {id: lte, device: wwan1, backup: true}]}
`;
const FACTS: CardFacts = {
  box: {
    ...{ camera: 'HDMI capture', sound: 'HiFiBerry' },
    ...{ playerUrl: 'http://192.168.1.20:8080/', operatorUrl: 'https://192.168.1.20:8081/' },
  },
  wifi: { ssid: 'Café; guests', password: 'drop:2026' },
  words: { ...wordsIn('en'), time: () => '29 Nov 2026, 21:00' },
};
const cardOf = (overrides: readonly string[] = [], facts: Partial<CardFacts> = {}) =>
  crewSheet(parseConfig('box.yaml', YAML, overrides), { ...FACTS, ...facts });
const WIFI = 'WIFI:S:Café\\; guests;T:WPA;P:drop\\:2026;;';

test('it names who does what, and when, from the config', () => {
  const { title, subtitle, roles, notes } = cardOf();
  assert.is(title, 'Late set, café corner');
  assert.match(subtitle, '29 Nov 2026, 21:00, for 1 h 30 min');
  assert.equal(
    roles.map(({ name, who }) => [name, who]),
    [
      ['Host', 'Ada'],
      ['Camera', 'Ben'],
      ['Audio and power', 'Cleo'],
    ],
  );
  const all = roles.flatMap(({ lines }) => lines).join('\n');
  for (const part of [
    'HDMI capture, 1280 × 720, 30 fps',
    'HiFiBerry',
    'card and usb',
    'lte (backup)',
  ])
    assert.ok(all.includes(part), part);
  assert.equal(notes, ['Doors at eight.']);
});

test('a planned end of the drop counts, and not what is planned for all', () => {
  const { subtitle } = cardOf([`drop.ends_at='2026-11-29T20:40:00Z'`]);
  assert.match(subtitle, '29 Nov 2026, 21:00, for 40 min');
});

test('lines follow the config: what is not there is not promised', () => {
  const overrides = [
    'clips.folder=""',
    'camera.lock_exposure=false',
    'recording.targets=[]',
    'uplink=null',
  ];
  const text = JSON.stringify(cardOf(overrides).roles);
  for (const part of ['become a clip', 'are locked then', 'Antennas'])
    assert.is(text.includes(part), false, part);
  assert.match(text, 'Nothing is recorded.');
});

test('codes of guests, crew and Wi-Fi are read off the paper of both widths', async () => {
  for (const profile of Object.values(PRINTER_PROFILES)) {
    const codes = await readDocumentCodes(cardSlip(cardOf()), profile);
    assert.equal(codes, [FACTS.box.playerUrl, FACTS.box.operatorUrl, WIFI]);
  }
});

test('without a Wi-Fi or an address there is no code of it', () => {
  const { codes } = cardOf([], { wifi: undefined, box: { camera: 'x', sound: 'none' } });
  assert.equal(
    codes.map(({ label }) => label),
    [],
  );
  assert.is(wifiCode({ ssid: 'open', password: undefined }), 'WIFI:S:open;T:nopass;;');
});

test('the crew’s address is the one that the box shows them, wherever guests are', () => {
  const source = parseConfig('box.yaml', YAML, ['network.guests.device=wlan1']);
  const operatorUrl = 'https://192.168.1.20:8081/';
  const box = { ...WELL, operatorUrl };
  const card = openCard(() => source, { snapshot: () => box, log: silentLog });
  assert.match(JSON.stringify(card.slip()), operatorUrl);
});

test('the Wi-Fi is that of the config, or else the one that the box makes for guests', () => {
  const wifiOf = (...overrides: string[]) => {
    const source = parseConfig('box.yaml', YAML, overrides);
    return openCard(() => source, { snapshot: () => WELL, log: silentLog }).wifi();
  };
  const unnamed = ['card.wifi_name=""', 'box.name=cellar'];
  const own = [...unnamed, 'network.guests.device=wlan1'];
  assert.is(wifiOf('network.guests.device=wlan1')?.ssid, 'Café; guests');
  assert.is(wifiOf(...unnamed), undefined);
  assert.equal(wifiOf(...own), { ssid: 'cellar', password: undefined });
  const named = ['network.guests.ssid=Late', 'network.guests.password=drop2026'];
  assert.equal(wifiOf(...own, ...named), { ssid: 'Late', password: 'drop2026' });
  assert.is(wifiOf(...unnamed, 'network.guests.device=eth1'), undefined, 'it is no Wi-Fi');
});

test('a Wi-Fi whose password cannot be read gets no code, and the sheet says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-card-'));
  const file = join(folder, 'password');
  const source = parseConfig('box.yaml', YAML, [`card.wifi_password_file=${file}`]);
  const card = openCard(() => source, { snapshot: () => WELL, log: silentLog });
  const says = () => JSON.stringify(card.slip());
  for (const content of [undefined, '\n']) {
    if (content !== undefined) await writeFile(file, content);
    assert.is(card.wifi(), undefined);
    assert.match(says(), 'Wi-Fi Café; guests: no code');
    assert.is(says().includes('WIFI:'), false);
  }
  await writeFile(file, 'drop:2026\n');
  assert.equal(card.wifi(), FACTS.wifi);
  assert.is(says().includes('no code'), false);
});

test('the slip for the table leads into the Wi-Fi first, and then to the page', async () => {
  const box = { ...WELL, playerUrl: 'http://192.168.1.20:8080/' };
  const { wifi, words } = FACTS;
  const facts = { title: 'Late set', wifi, words, translator: await translatorIn('en') };
  const slip = renderDocument('address', facts, box, 0);
  const codes = await readDocumentCodes(slip, PRINTER_PROFILES['generic-58']);
  assert.equal(codes, [WIFI, box.playerUrl]);
});

test('the PDF is one page of A5, whatever is written on it', async () => {
  const long = Array.from({ length: 6 }, () => 'x'.repeat(120));
  const titles = ['Late set', 'Łódź, 東京 and Αθήνα', `${'very '.repeat(20)}long`];
  for (const title of titles) {
    const card = { ...cardOf(), title, notes: long };
    const pdf = await PDFDocument.load(await renderCardPdf(card));
    assert.is(pdf.getPageCount(), 1);
    const { width, height } = pdf.getPage(0).getSize();
    assert.equal([Math.round(width), Math.round(height)], [420, 595]);
  }
});

/** Quotation marks and dashes are where Latin-1 has none. */
const plain = (text: string) => text.replace(/[^ -~\xa0-\xff]/g, '?');

/** What is written on the page by its fonts. */
async function writtenOn(pdf: Buffer): Promise<string> {
  const page = (await PDFDocument.load(pdf)).getPage(0);
  const streams = page.node.Contents();
  const parts = streams instanceof PDFArray ? streams.asArray() : [streams];
  const code = parts
    .map((part) => page.doc.context.lookup(part))
    .map((part) => (part instanceof PDFRawStream ? decodePDFRawStream(part).decode() : []))
    .map((bytes) => Buffer.from(bytes).toString('latin1'))
    .join('\n');
  const found = [...code.matchAll(/<([\dA-F]*)> Tj/g)].map(([, hex = '']) =>
    Buffer.from(hex, 'hex').toString('latin1'),
  );
  return plain(found.join(' '));
}

test('in each language all of it is on the PDF', async () => {
  const full = ['camera2={driver: test}', 'power.board=simulated', 'drop.id=late'];
  const item = '{id: tape, name: Tape, stock: 9, price: 5, flash_price: 3, currency: EUR}';
  for (const language of LANGUAGES) {
    const words = { ...wordsIn(language), time: FACTS.words.time };
    const card = cardOf([...full, `drop.catalogue=[${item}]`], { words });
    const written = await writtenOn(await renderCardPdf(card));
    const wanted = [card.subtitle, ...card.roles.flatMap(({ lines }) => lines)];
    const missing = [...wanted, ...card.notes].filter((line) => !written.includes(plain(line)));
    assert.equal(missing, [], language);
  }
});

test('text wraps at words, and inside of one that is longer than a line', () => {
  const measure = (line: string) => line.length;
  assert.equal(wrap('to be or notatallever', 5, measure), ['to be', 'or', 'notat', 'allev', 'er']);
  assert.equal(wrap('', 5, measure), []);
});

test.run();
