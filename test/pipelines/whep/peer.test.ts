/** A connection of the library with itself, over loopback. */
import { createSocket } from 'node:dgram';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Connection } from '../../../pipelines/webrtc/connection.ts';
import { parseOffer } from '../../../pipelines/whep/offer.ts';
import { openPeer } from '../../../pipelines/whep/peer.ts';
import { renderSenderReport } from '../../../pipelines/whep/rtcp.ts';
import { PACKET_MAX_BYTES, writePacket } from '../../../pipelines/whep/rtp.ts';
import { until } from '../../support/box.ts';
import { freeUdpPort } from '../../support/free-port.ts';
import { openWhepViewer } from '../../support/media/whep-viewer.ts';

const test = suite('WebRTC connections');

const SSRCS = { video: 0x11111111, audio: 0x22222222 };

/** A viewer, up to its offer. */
async function openViewer() {
  const packets: Buffer[] = [];
  return { packets, ...(await openWhepViewer((packet) => packets.push(packet))) };
}

function answerTo(sdp: string, port: number) {
  const offer = parseOffer(sdp);
  if ('status' in offer) throw new Error(offer.line);
  const seen = { isOpen: false, feedback: [] as Buffer[] };
  const network = { port, host: '127.0.0.1', stunServers: [] };
  const peer: Connection = openPeer(
    { offer, network, ssrcs: SSRCS, cname: 'box' },
    {
      onOpen: () => {
        seen.isOpen = true;
      },
      onFeedback: (packet) => seen.feedback.push(packet),
      onGone: () => undefined,
    },
  );
  return { peer, seen };
}

test('two viewers share one UDP port; packets arrive, and reports come back', async () => {
  const port = await freeUdpPort();
  const viewers = [await openViewer(), await openViewer()];
  const boxes = viewers.map(({ sdp }) => answerTo(sdp, port));
  for (const [i, { peer }] of boxes.entries()) {
    const answer = await peer.answer;
    assert.match(answer, ` ${port} typ host`);
    assert.match(answer, /^m=video \d+ UDP\/TLS\/RTP\/SAVPF 107\r$/m);
    assert.match(answer, 'a=rtpmap:107 H264/90000');
    assert.match(answer, 'a=rtcp-fb:107 nack pli');
    assert.match(answer, 'a=rtcp-fb:107 goog-remb');
    assert.match(answer, 'a=sendonly');
    assert.match(answer, `a=ssrc:${SSRCS.video} cname:box`);
    viewers[i]?.connection.setRemoteDescription(answer, 'answer');
  }
  await until(() => boxes.every(({ seen }) => seen.isOpen), 20_000);
  const packet = Buffer.alloc(PACKET_MAX_BYTES);
  const header = {
    ...{ payloadType: 107, isMarked: true, sequence: 1, timestamp: 3_000, ssrc: SSRCS.video },
    sentMs: 0,
  };
  const payload = Buffer.alloc(900, 7);
  const bytes = writePacket(packet, header, payload);
  const report = renderSenderReport({
    ...{ ssrc: SSRCS.video, wallMs: 0, timestamp: 0, packetsTotal: 1, bytesTotal: 1, cname: 'box' },
  });
  await until(() => {
    for (const { peer } of boxes) {
      peer.send('video', report);
      peer.send('video', packet.subarray(0, bytes));
    }
    for (const { video } of viewers) video.requestKeyframe();
    const haveAll = viewers.every(({ packets }) =>
      packets.some((one) => one.subarray(-900).equals(payload)),
    );
    return haveAll && boxes.every(({ seen }) => seen.feedback.some((one) => one.includes(0xce)));
  }, 20_000);
  for (const { close } of viewers) close();
  for (const { peer } of boxes) peer.close();
});

test('a taken port is reported for the offer', async () => {
  const port = await freeUdpPort();
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(port, '127.0.0.1', resolve));
  const { close, sdp } = await openViewer();
  assert.throws(() => answerTo(sdp, port), /libdatachannel|gather|ICE/);
  close();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
});

// The library keeps this process alive until its garbage is collected, and its own cleanup crashes.
test.after(() => void setTimeout(() => process.exit(), 1_000));

test.run();
