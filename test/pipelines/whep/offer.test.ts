/** Offers of viewers. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Offer, parseOffer, renderOffer } from '../../../pipelines/whep/offer.ts';
import { CHROMIUM_OFFER } from '../../support/media/whep-offers.ts';

const test = suite('offers by WHEP');

function accepted(sdp: string): Offer {
  const offer = parseOffer(sdp);
  if ('status' in offer) throw new Error(offer.line);
  return offer;
}

test('of Chromium’s formats H.264 in fragments and Opus are taken', () => {
  const offer = accepted(CHROMIUM_OFFER);
  assert.equal(offer.video, {
    mid: '0',
    payloadType: 107,
    parameters: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
    sendTimeId: 2,
  });
  assert.is(offer.audio?.payloadType, 111);
  assert.is(offer.audio?.parameters, 'minptime=10;useinbandfec=1;stereo=1');
});

test('names of mDNS are ignored, addresses are not', () => {
  assert.equal(accepted(CHROMIUM_OFFER).candidates, [
    'candidate:2 1 udp 2113937150 192.0.2.7 50001 typ host generation 0',
  ]);
});

test('six addresses are taken, of the first section, those beyond a NAT first', () => {
  const lineOf = (i: number, type: string) =>
    `a=candidate:${i} 1 udp ${i} 192.0.2.${i} 5000 typ ${type}\r\n`;
  const types = ['host', 'host', 'srflx', 'host', 'relay', 'host', 'host', 'host', 'srflx'];
  const lines = types.map((type, i) => lineOf(i + 1, type)).join('');
  const sdp = CHROMIUM_OFFER.replaceAll(/a=candidate.*\r\n/g, '')
    .replace('a=mid:0', `${lines}a=mid:0`)
    .replace('a=mid:1', `${lineOf(100, 'relay')}a=mid:1`);
  assert.match(sdp, '192.0.2.100');
  const numbers = accepted(sdp).candidates.map((line) => Number(/\d+/.exec(line)?.[0]));
  assert.equal(numbers, [3, 5, 9, 1, 2, 4]);
});

test('main profile is preferred, as the encoders make it', () => {
  const main = CHROMIUM_OFFER.replace(
    'a=rtpmap:39 AV1/90000',
    'a=rtpmap:39 H264/90000\r\na=fmtp:39 packetization-mode=1;profile-level-id=4d001f',
  );
  assert.is(accepted(main).video?.payloadType, 39);
});

test('a receiver that names no parameters, as GStreamer, is taken', () => {
  const bare = CHROMIUM_OFFER.replaceAll(/a=fmtp:10[37].*\r\n/g, '');
  assert.is(accepted(bare).video?.parameters, '');
});

test('what is read from a rendered offer is what was read before', () => {
  const offer = accepted(CHROMIUM_OFFER);
  const again = accepted(renderOffer(offer));
  const formatOf = ({ video, audio }: Offer) =>
    [video, audio].map((one) => [one?.mid, one?.payloadType, one?.parameters]);
  assert.equal(formatOf(again), formatOf(offer));
  assert.is(again.fingerprint, offer.fingerprint);
  assert.is(again.ufrag, offer.ufrag);
  assert.equal(again.kinds, offer.kinds);
  assert.not.match(renderOffer(offer), 'candidate');
});

const REFUSED: readonly (readonly [what: string, change: (sdp: string) => string, line: RegExp])[] =
  [
    ['what is no SDP', () => '{}', /no SDP/],
    ['an offer without media', (sdp) => sdp.slice(0, sdp.indexOf('m=')), /no media/],
    [
      'data channels',
      (sdp) => `${sdp}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n`,
      /no application/,
    ],
    ['two pictures', (sdp) => sdp.replace('m=audio', 'm=video'), /one video/],
    ['no H.264', (sdp) => sdp.replaceAll('H264', 'H265'), /H\.264/],
    ['H.264 without fragments', (sdp) => sdp.replace('mode=1', 'mode=0'), /packetization-mode=1/],
    ['no Opus', (sdp) => sdp.replace('opus', 'PCMU'), /Opus/],
    ['no password', (sdp) => sdp.replaceAll(/a=ice-pwd.*\r\n/g, ''), /ice-pwd/],
    ['no fingerprint', (sdp) => sdp.replace(/a=fingerprint.*\r\n/, ''), /fingerprint/],
    ['one mid for both', (sdp) => sdp.replace('a=mid:1', 'a=mid:0'), /mid/],
    ['who wants to send', (sdp) => sdp.replace('a=recvonly', 'a=sendonly'), /recvonly/],
  ];

for (const [what, change, line] of REFUSED) {
  test(`refused with a word: ${what}`, () => {
    const answer = parseOffer(change(CHROMIUM_OFFER));
    assert.ok('status' in answer && [400, 406].includes(answer.status));
    assert.match((answer as { line: string }).line, line);
  });
}

test('whatever is changed in an offer, what goes to the library is made of plain values', () => {
  const piece = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom('\r\n', '\n', 'a=', 'm=video 1 ', '%s'),
  );
  const change = fc.record({ at: fc.nat(CHROMIUM_OFFER.length), cut: fc.nat(40), piece });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 3 }), (changes) => {
      let sdp = CHROMIUM_OFFER;
      for (const { at, cut, piece: put } of changes) {
        sdp = sdp.slice(0, at) + put + sdp.slice(at + cut);
      }
      const offer = parseOffer(sdp);
      if ('status' in offer) return;
      const lines = renderOffer(offer).split('\r\n');
      assert.ok(lines.every((line) => /^(?:[\x20-\x7e]{2,700})?$/.test(line)));
      const known =
        /^(?:v=0|o=|s=-|t=0|c=|m=(?:video|audio) |a=(?:group|mid|recvonly|rtcp-mux|ice-|fingerprint|setup|rtpmap|fmtp)|$)/;
      assert.ok(lines.every((line) => known.test(line)));
    }),
    { seed: 17, numRuns: 500 },
  );
});

test.run();
