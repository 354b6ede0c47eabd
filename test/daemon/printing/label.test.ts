/** The way into the box's own hotspot, on a slip and on the label of its case. */
import { PDFDocument } from 'pdf-lib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderJoinSlip } from '../../../daemon/printing/join-slip.ts';
import { renderLabelPdf } from '../../../daemon/printing/label-pdf.ts';
import { PRINTER_PROFILES } from '../../../hal/printer/profiles.ts';
import { readDocumentCodes } from '../../../hal/printer/verify.ts';

const test = suite('label and slip of the hotspot');

const LOGIN = {
  ssid: 'venuebox-1a2b3',
  password: 'abcdefgh23',
  url: 'http://10.42.0.1:8081/',
};

test('a phone reads the Wi-Fi and the page off the paper of every printer', async () => {
  for (const profile of Object.values(PRINTER_PROFILES)) {
    const codes = await readDocumentCodes(renderJoinSlip(LOGIN), profile);
    assert.equal(codes, ['WIFI:S:venuebox-1a2b3;T:WPA;P:abcdefgh23;;', LOGIN.url]);
  }
});

test('a slip after a Wi-Fi that was not joined says so first', () => {
  const slip = renderJoinSlip({ ...LOGIN, notJoined: 'Cafe Central' });
  assert.match(JSON.stringify(slip), 'The box could not join Cafe Central');
  assert.not.match(JSON.stringify(renderJoinSlip(LOGIN)), 'could not join');
});

test('the label is one page for a roll of 62 mm, whatever the box is called', async () => {
  for (const ssid of ['venuebox-1a2b3', 'x'.repeat(32)]) {
    const pdf = await PDFDocument.load(await renderLabelPdf({ ...LOGIN, ssid }));
    assert.is(pdf.getPageCount(), 1);
    const { width, height } = pdf.getPage(0).getSize();
    assert.equal([Math.round(width / 2.8346), Math.round(height / 2.8346)], [100, 62]);
  }
});

test.run();
