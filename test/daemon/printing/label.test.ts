/** The way into the box's own hotspot, on a slip and on the label of its case. */
import { PDFDocument, StandardFonts } from 'pdf-lib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderJoinSlip } from '../../../daemon/printing/join-slip.ts';
import { renderLabelPdf } from '../../../daemon/printing/label-pdf.ts';
import { en } from '../../../daemon/printing/text/en.ts';
import { SLIP_TEXTS } from '../../../daemon/printing/text/words.ts';
import { PRINTER_PROFILES } from '../../../hal/printer/profiles.ts';
import { readDocumentCodes } from '../../../hal/printer/verify.ts';
import { fill } from '../../../pipelines/player/text/fill.ts';

const test = suite('label and slip of the hotspot');

const LOGIN = {
  ssid: 'venuebox-1a2b3',
  password: 'abcdefgh23',
  url: 'http://10.42.0.1:8081/',
};
/** 46 mm. */
const HALF_PT = 131;

test('a phone reads the Wi-Fi and the page off the paper of every printer', async () => {
  for (const profile of Object.values(PRINTER_PROFILES)) {
    const codes = await readDocumentCodes(renderJoinSlip(LOGIN, en), profile);
    assert.equal(codes, ['WIFI:S:venuebox-1a2b3;T:WPA;P:abcdefgh23;;', LOGIN.url]);
  }
});

test('a slip after a Wi-Fi that was not joined says so first', () => {
  const slip = renderJoinSlip({ ...LOGIN, notJoined: 'Cafe Central' }, en);
  assert.match(JSON.stringify(slip), 'The box could not join Cafe Central');
  assert.not.match(JSON.stringify(renderJoinSlip(LOGIN, en)), 'could not join');
});

test('in each language a line of the label is beside its code, in its half', async () => {
  const pdf = await PDFDocument.create();
  const title = await pdf.embedFont(StandardFonts.HelveticaBold);
  const plain = await pdf.embedFont(StandardFonts.Helvetica);
  for (const [language, { label }] of Object.entries(SLIP_TEXTS)) {
    for (const text of [label.wifi, label.page])
      assert.ok(title.widthOfTextAtSize(text, 12) < HALF_PT, `${language}: ${text}`);
    const password = fill(label.password, LOGIN);
    assert.ok(plain.widthOfTextAtSize(password, 9) < HALF_PT, `${language}: ${password}`);
  }
});

test('the label is one page for a roll of 62 mm, whatever the box is called', async () => {
  for (const ssid of ['venuebox-1a2b3', 'x'.repeat(32)]) {
    const pdf = await PDFDocument.load(await renderLabelPdf({ ...LOGIN, ssid }, en));
    assert.is(pdf.getPageCount(), 1);
    const { width, height } = pdf.getPage(0).getSize();
    assert.equal([Math.round(width / 2.8346), Math.round(height / 2.8346)], [100, 62]);
  }
});

test.run();
