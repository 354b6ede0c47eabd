/** Offers as browsers make them, and the GOP of a small stream. */

/** Chromium 140 offers this, shortened to what a box looks at. */
export const CHROMIUM_OFFER = [
  'v=0',
  'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0 1',
  'a=extmap-allow-mixed',
  'a=msid-semantic: WMS',
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97 103 104 107 108 39 40',
  'c=IN IP4 0.0.0.0',
  'a=rtcp:9 IN IP4 0.0.0.0',
  'a=candidate:1 1 udp 2113937151 0b2d6a6c-1111-4c5d-9d7e-aaaaaaaaaaaa.local 50000 typ host generation 0',
  'a=candidate:2 1 udp 2113937150 192.0.2.7 50001 typ host generation 0',
  'a=ice-ufrag:Ab1+',
  'a=ice-pwd:0123456789abcdefghijKLMN',
  'a=ice-options:trickle',
  `a=fingerprint:sha-256 ${Array.from({ length: 32 }, (_, i) => i.toString(16).padStart(2, '0').toUpperCase()).join(':')}`,
  'a=setup:actpass',
  'a=mid:0',
  'a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  'a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  'a=recvonly',
  'a=rtcp-mux',
  'a=rtcp-rsize',
  'a=rtpmap:96 VP8/90000',
  'a=rtcp-fb:96 goog-remb',
  'a=rtpmap:97 rtx/90000',
  'a=fmtp:97 apt=96',
  'a=rtpmap:103 H264/90000',
  'a=rtcp-fb:103 goog-remb',
  'a=rtcp-fb:103 transport-cc',
  'a=rtcp-fb:103 ccm fir',
  'a=rtcp-fb:103 nack',
  'a=rtcp-fb:103 nack pli',
  'a=fmtp:103 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f',
  'a=rtpmap:107 H264/90000',
  'a=rtcp-fb:107 goog-remb',
  'a=rtcp-fb:107 transport-cc',
  'a=rtcp-fb:107 ccm fir',
  'a=rtcp-fb:107 nack',
  'a=rtcp-fb:107 nack pli',
  'a=fmtp:107 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
  'a=rtpmap:39 AV1/90000',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 63',
  'c=IN IP4 0.0.0.0',
  'a=ice-ufrag:Ab1+',
  'a=ice-pwd:0123456789abcdefghijKLMN',
  'a=setup:actpass',
  'a=mid:1',
  'a=recvonly',
  'a=rtcp-mux',
  'a=rtpmap:111 opus/48000/2',
  'a=rtcp-fb:111 transport-cc',
  'a=fmtp:111 minptime=10;useinbandfec=1;stereo=1',
  'a=rtpmap:63 red/48000/2',
  '',
].join('\r\n');

/** NAL units by their lengths of four bytes, as an encoder sends them. */
export function unitOf(...nals: readonly Buffer[]): Buffer {
  return Buffer.concat(
    nals.flatMap((nal) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(nal.length);
      return [length, nal];
    }),
  );
}
