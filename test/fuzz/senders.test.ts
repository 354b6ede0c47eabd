/** What cameras, printers, shops, phones and a boot partition send takes any damage to what is valid. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readPayload } from '../../daemon/orders/webhook/payload.ts';
import { verify } from '../../daemon/orders/webhook/signature.ts';
import { takeBootFile } from '../../daemon/settings/boot-file.ts';
import { BrandingStore, BrandingUploadError } from '../../daemon/web/crew/branding-store.ts';
import { answerCloudPrnt } from '../../hal/printer/polled/cloudprnt.ts';
import { answerDirectPrint } from '../../hal/printer/polled/direct-print.ts';
import { Offer } from '../../hal/printer/polled/offer.ts';
import { readLadder } from '../../pipelines/edge/webrtc/ladder.ts';
import { parseCube } from '../../pipelines/look/cube.ts';
import { parseOffer, renderOffer } from '../../pipelines/whep/offer.ts';
import { parseFeedback } from '../../pipelines/whep/rtcp.ts';
import { parsePublisher, renderPublisher } from '../../pipelines/whip/offer.ts';
import { Publisher } from '../../pipelines/whip/publisher.ts';
import { renderFeedback } from '../../pipelines/whip/rtcp.ts';
import { CHROMIUM_OFFER } from '../support/media/whep-offers.ts';
import { fuzzBytes, fuzzTexts, type Parsers } from './fuzz.ts';

const test = suite('damaged input of senders');

const PUBLISHED = CHROMIUM_OFFER.replaceAll('a=recvonly', 'a=sendonly')
  .replace('a=mid:0', 'a=mid:0\r\na=ssrc:1111 cname:x')
  .replace('a=mid:1', 'a=mid:1\r\na=ssrc:2222 cname:x');
/** All that the library, which is C++, may be told. */
const PLAIN = /^[\x20-\x7e]{0,700}$/;

const ORDER =
  '{"type":"order.paid","timestamp":"2026-05-01T20:00:00Z","data":{"order":"a","item":"print","quantity":2,"amount":2500,"currency":"EUR","name":"Ada"}}';
const SESSION =
  '{"type":"checkout.session.completed","created":1777665600,"data":{"object":{"id":"cs_1","payment_status":"paid","amount_total":2500,"currency":"eur","metadata":{"item":"print","quantity":"1"},"customer_details":{"name":"Bo"}}}}';
const POLL = '{"status":"23 6 0","statusCode":"200%20OK","printingInProgress":false}';
const REPORT =
  'ConnectionType=SetResponse&ResponseFile=<printjobid>abc</printjobid><response success="false" code="EPTR_REC_EMPTY" status="1"/>';
const CUBE =
  'TITLE "warm"\nDOMAIN_MIN 0 0 0\nLUT_3D_SIZE 2\n0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 0 1\n1 0 1\n0 1 1\n1 1 1\n';
const LADDER =
  '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",URI="audio/index.m3u8"\n#EXT-X-STREAM-INF:BANDWIDTH=2400000,AVERAGE-BANDWIDTH=2000000,RESOLUTION=1280x720\nhigh/index.m3u8\n';
const BOOT =
  'box: { name: corner }\noperator: { pin: "0123" }\nwifi: { ssid: Cafe Central, password: "espresso1" }\n';

/** A printer's request about a job that waits: none that is damaged prints or loses it. */
function askPrinter(body: string): void {
  for (const answer of [answerCloudPrnt, answerDirectPrint]) {
    const offer = new Offer();
    const picture = { width: 8, height: 1, dots: new Uint8Array(8) };
    void offer.put({ token: 'abc', picture, png: Buffer.alloc(9) });
    for (const method of ['POST', 'GET', 'DELETE']) {
      const { status } = answer({ method, query: new URLSearchParams(body), body }, offer, 0);
      assert.ok([200, 400, 404, 405, 415].includes(status), `${status}`);
    }
    const status = offer.status(0);
    if (status.phase === 'known') assert.match(status.fault ?? '', /^[\x20-\x7e]{0,120}$/);
  }
}

const TEXTS: Parsers<string> = {
  'offer by WHEP': [
    [CHROMIUM_OFFER],
    (sdp) => {
      const offer = parseOffer(sdp);
      if ('status' in offer) return;
      for (const line of renderOffer(offer).split('\r\n')) assert.match(line, PLAIN);
    },
  ],
  'offer by WHIP': [
    [PUBLISHED],
    (sdp) => {
      const offer = parsePublisher(sdp);
      if ('status' in offer) return;
      for (const line of renderPublisher(offer).split('\r\n')) assert.match(line, PLAIN);
    },
  ],
  'order of a shop': [
    [ORDER, SESSION],
    (text) => [
      readPayload('standard', Buffer.from(text)),
      readPayload('stripe', Buffer.from(text)),
    ],
  ],
  'signature of an order': [
    ['v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4= v1,AAAA', 't=1777665600,v1=5257a869,v1=00'],
    (text) => {
      const header = (name: string) => (name === 'webhook-timestamp' ? '1777665600' : text);
      for (const scheme of ['standard', 'stripe'] as const) {
        const { type } = verify(scheme, header, Buffer.from('{}'), ['whsec_c2VjcmV0'], 1777665600);
        assert.is(type, 'bad');
      }
    },
  ],
  'poll of a printer': [[POLL, REPORT, 'ConnectionType=GetRequest&ID=&Name=TM'], askPrinter],
  'look-up table': [
    [CUBE, 'LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE 0 1\n0 0 0\n1 1 1\n'],
    (text) => {
      const cube = parseCube(text);
      const values = 'reason' in cube ? [] : [...cube.rgb, ...cube.domainMin, ...cube.domainMax];
      assert.ok(values.every(Number.isFinite));
    },
  ],
  'renditions of an upstream': [[LADDER], readLadder],
};

const offered = parsePublisher(PUBLISHED);
const RTP_VIDEO = Buffer.concat([
  Buffer.from('80eb00010000000000000457', 'hex'),
  Buffer.from('6588840000', 'hex'),
]);
const RTP_FRAGMENT = Buffer.concat([
  Buffer.from('906b00020000000000000457bede0001', 'hex'),
  Buffer.from('10aabb007c8588840000', 'hex'),
]);
const RTP_SOUND = Buffer.from('80ef0001000000000000000008aefc03', 'hex');
RTP_SOUND.writeUInt32BE(2222, 8);
const SENDER_REPORT = Buffer.alloc(28);
SENDER_REPORT.set([0x80, 200, 0, 6, 0, 0, 4, 0x57, 0xea, 0, 0, 0]);
const FEEDBACK = renderFeedback({
  ...{ ssrc: 1, broken: [2], limit: { bps: 1_500_000, ssrcs: [2] } },
  receptions: [{ ssrc: 2, lostOf256: 9, lostTotal: 4, highest: 70_000, jitterTicks: 30 }],
  asked: [{ ssrc: 2, sequences: [1, 2, 30] }],
});

test('the samples of a publisher are read', () => {
  const kinds: string[] = [];
  const publisher = openPublisher((kind) => kinds.push(kind));
  for (const packet of [RTP_SOUND, SENDER_REPORT, RTP_FRAGMENT]) publisher.add(packet, 1);
  assert.equal(kinds, ['audio']);
  assert.is(parseFeedback(FEEDBACK).missing.length, 1);
});

function openPublisher(onUnit: (kind: string) => void): Publisher {
  if ('status' in offered) throw new Error(offered.line);
  const options = { offer: offered, ssrc: 9, maxBps: 6_000_000, send: () => undefined };
  return new Publisher({ ...options, onUnit }, 0);
}

let atMs = 0;
const publisher = openPublisher(() => undefined);

const BYTES: Parsers<Buffer> = {
  'packets of a publisher': [
    [RTP_VIDEO, RTP_FRAGMENT, RTP_SOUND, SENDER_REPORT],
    (packet) => {
      atMs += 5;
      publisher.add(packet, atMs);
      publisher.tick(atMs);
    },
  ],
  'feedback of a viewer': [[FEEDBACK, Buffer.concat([SENDER_REPORT, FEEDBACK])], parseFeedback],
};

fuzzTexts(test, TEXTS);
fuzzBytes(test, BYTES);

/** Decoded and encoded anew, or written to the disk: fewer of these. */
const SLOW_RUNS = Math.min(120, Number(process.env['RUNS'] ?? 60));

const folder = mkdtempSync(join(tmpdir(), 'venuebox-fuzz-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

fuzzTexts(
  test,
  {
    'file of the boot partition': [
      [BOOT],
      async (yaml) => {
        writeFileSync(join(folder, 'boot.yaml'), yaml);
        const text = { source: 'box.yaml', yaml: '', overrides: [] };
        const deps = {
          sealed: async (_path: string, plain: string) => plain,
          chooseWifi: async () => undefined,
        };
        await takeBootFile(folder, text, deps);
        const outcome = readFileSync(join(folder, 'boot-outcome'), 'utf8');
        assert.match(outcome, /^(?:taken [0-9a-f]{64}|bad)\n./);
      },
    ],
  },
  SLOW_RUNS,
);

const store = new BrandingStore(join(folder, 'branding'), () => '');
const background = { width: 40, height: 30, channels: 3, background: '#a52' } as const;
const picture = () => sharp({ create: background });

fuzzBytes(
  test,
  {
    'uploaded picture': [
      [
        await picture().png().toBuffer(),
        await picture().jpeg().withMetadata({ orientation: 6 }).toBuffer(),
        await picture().webp().toBuffer(),
      ],
      async (bytes) => {
        for (const part of ['logo', 'title'] as const) {
          try {
            await store.setPicture(part, bytes);
          } catch (error) {
            assert.instance(error, BrandingUploadError);
          }
        }
        const saved = store.picture('title');
        if (saved !== undefined) assert.is(saved.bytes.readUInt16BE(0), 0xffd8);
      },
    ],
  },
  SLOW_RUNS,
);

test.run();
