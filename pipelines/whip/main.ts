/** The WHIP process: WebRTC of one publisher in, access units to the decoders out. */

import { every } from '../../hal/os/async.ts';
import { monotonicMs } from '../../hal/os/clock.ts';
import { openLog } from '../../hal/os/log.ts';
import { runAsWorker } from '../../hal/os/worker-child.ts';
import { openUnitOutput } from '../gdp/unit-output.ts';
import { peerNetworkOf } from '../webrtc/network.ts';
import { checkUdpPort } from '../webrtc/udp-port.ts';
import type { FromWhip, ToWhip, WhipSettings } from './messages.ts';
import { openPublisherPeer } from './peer.ts';
import { Publishing } from './publishing.ts';

/** How often what is missing is asked for again. */
const TICK_MS = 20;

const log = openLog('info', 'journal');

runAsWorker<WhipSettings, ToWhip, FromWhip>(async (settings, { send, onCommand }, signal) => {
  const network = peerNetworkOf(settings);
  await checkUdpPort(`${settings.key}.port`, network);
  const publishing = new Publishing({
    ...{ maxBps: settings.maxBps, nowMs: monotonicMs, openFeed: openUnitOutput },
    openPeer: (offer, events) => openPublisherPeer(offer, network, events),
    onChange: (published) => send({ type: 'publishing', ...(published && { published }) }),
    onFault: (reason) => log.warn('publisher not connected', { reason }),
  });
  onCommand((message) => {
    const { request } = message;
    if (message.type === 'offer') {
      void publishing
        .offer(message.sdp)
        .then((answer) => send({ type: 'answered', request, answer }));
    } else if (message.type === 'end') {
      const answer = publishing.end(message.id)
        ? ({ status: 200 } as const)
        : ({ status: 404, line: 'there is no such session' } as const);
      send({ type: 'answered', request, answer });
    } else {
      const { kind, codec, path } = message;
      send({ type: 'fed', request, isFed: publishing.feed(kind, codec, path) });
    }
  });
  send({ type: 'ready' });
  try {
    await every(TICK_MS, signal, () => publishing.tick());
  } finally {
    publishing.close();
  }
});
