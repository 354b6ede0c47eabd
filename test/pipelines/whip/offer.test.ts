/** Offers of publishers. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type PublishedOffer,
  parsePublisher,
  renderPublisher,
} from '../../../pipelines/whip/offer.ts';
import { CHROMIUM_OFFER } from '../../support/media/whep-offers.ts';

const test = suite('offers by WHIP');

const OFFER = CHROMIUM_OFFER.replaceAll('a=recvonly', 'a=sendonly')
  .replace(
    'a=mid:0',
    'a=mid:0\r\na=ssrc-group:FID 1111 1112\r\na=ssrc:1111 cname:x\r\na=ssrc:1112 cname:x',
  )
  .replace('a=mid:1', 'a=mid:1\r\na=ssrc:2222 cname:x');

function accepted(sdp: string): PublishedOffer {
  const offer = parsePublisher(sdp);
  if ('status' in offer) throw new Error(offer.line);
  return offer;
}

test('H.264 in fragments is taken before VP8, and Opus; retransmissions have no part of their own', () => {
  const { video, audio } = accepted(OFFER);
  assert.equal(video, {
    ...{ codec: 'h264', mid: '0', payloadType: 107, ssrc: 1111 },
    parameters: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
  });
  assert.is(audio?.codec, 'opus');
  assert.is(audio?.ssrc, 2222);
  assert.is(accepted(OFFER.replaceAll('H264', 'H265')).video?.codec, 'vp8');
});

test('what goes to the library is what was understood', () => {
  const rendered = renderPublisher(accepted(OFFER));
  assert.match(rendered, 'a=sendonly');
  assert.match(rendered, 'a=ssrc:1111 cname:publisher');
  assert.not.match(rendered, /1112|candidate|VP8|rtx/);
  const again = accepted(rendered);
  assert.equal(again.video, accepted(OFFER).video);
});

const REFUSED: readonly (readonly [what: string, change: (sdp: string) => string, line: RegExp])[] =
  [
    ['what is no SDP', () => '{}', /no SDP/],
    ['who wants to receive', (sdp) => sdp.replace('a=sendonly', 'a=recvonly'), /sendonly/],
    [
      'neither H.264 nor VP8',
      (sdp) => sdp.replaceAll('H264', 'H265').replace('VP8', 'VP9'),
      /H\.264 .*or VP8/,
    ],
    ['no Opus', (sdp) => sdp.replace('opus', 'PCMU'), /Opus/],
    ['a track without a source', (sdp) => sdp.replaceAll(/a=ssrc:\d+ .*\r\n/g, ''), /a=ssrc/],
    ['one source for both', (sdp) => sdp.replace('a=ssrc:2222', 'a=ssrc:1111'), /a=ssrc each/],
    ['two pictures', (sdp) => sdp.replace('m=audio', 'm=video'), /one video/],
  ];

for (const [what, change, line] of REFUSED) {
  test(`refused with a word: ${what}`, () => {
    const answer = parsePublisher(change(OFFER));
    assert.ok('status' in answer && [400, 406].includes(answer.status));
    assert.match((answer as { line: string }).line, line);
  });
}

test('whatever is changed in an offer, what goes to the library is made of plain values', () => {
  const piece = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom('\r\n', '\n', 'a=', 'm=video 1 ', '%s', 'a=ssrc:'),
  );
  const change = fc.record({ at: fc.nat(OFFER.length), cut: fc.nat(40), piece });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 3 }), (changes) => {
      let sdp = OFFER;
      for (const { at, cut, piece: put } of changes) {
        sdp = sdp.slice(0, at) + put + sdp.slice(at + cut);
      }
      const offer = parsePublisher(sdp);
      if ('status' in offer) return;
      const known =
        /^(?:v=0|o=|s=-|t=0|c=|m=(?:video|audio) |a=(?:group|mid|sendonly|rtcp-mux|ice-|fingerprint|setup|rtpmap|fmtp|ssrc):?|$)/;
      for (const line of renderPublisher(offer).split('\r\n')) {
        assert.match(line, known);
        assert.match(line, /^[\x20-\x7e]{0,700}$/);
      }
    }),
    { seed: 17, numRuns: 500 },
  );
});

test.run();
