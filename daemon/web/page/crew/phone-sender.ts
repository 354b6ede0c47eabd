/** Sends this device’s camera and microphone to the box, by WHIP (RFC 9725). */
import { askIceServers, untilGathered } from '../../../../pipelines/player/playback/rtc/ice.ts';

/** Where it goes, and what it needs to know for that. */
export interface SendTo {
  readonly path: string;
  readonly token: string;
}

const ANSWER_MAX_MS = 5_000;
/** Music and voices as they are: what calls need would distort them. */
const SOUND = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
const PICTURE = {
  facingMode: 'environment',
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30 },
};

/** False where the page was not opened by https: there browsers open no camera. */
export function canSend(): boolean {
  return isSecureContext && typeof RTCPeerConnection === 'function' && 'mediaDevices' in navigator;
}

/** This device's camera and microphone. Rejects with a reason. */
export async function openStream(): Promise<MediaStream> {
  return await navigator.mediaDevices.getUserMedia({ video: PICTURE, audio: SOUND });
}

/**
 * Resolves when the connection has ended by itself, or `signal` has aborted; rejects with a reason
 * where there was none. The stream goes on.
 */
export async function sendFromHere(
  to: SendTo,
  stream: MediaStream,
  onSending: () => void,
  signal: AbortSignal,
): Promise<void> {
  const endpoint = new URL(to.path, location.href);
  const authorization = `Bearer ${to.token}`;
  const iceServers = await askIceServers(endpoint, { authorization });
  const connection = new RTCPeerConnection({ iceServers: [...iceServers] });
  let session: URL | undefined;
  const ended = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    connection.addEventListener('connectionstatechange', () => {
      if (connection.connectionState === 'failed') resolve();
    });
  });
  try {
    for (const track of stream.getTracks()) {
      connection.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
    }
    await connection.setLocalDescription();
    await untilGathered(connection);
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'Content-Type': 'application/sdp', authorization },
      body: connection.localDescription?.sdp ?? '',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MAX_MS)]),
    });
    const text = await response.text();
    if (response.status !== 201) throw new Error(text.trim());
    session = new URL(response.headers.get('Location') ?? '', endpoint);
    await connection.setRemoteDescription({ type: 'answer', sdp: text });
    onSending();
    if (!signal.aborted) await ended;
  } finally {
    connection.close();
    if (session !== undefined) {
      const request = { method: 'DELETE', headers: { authorization }, keepalive: true };
      fetch(session, request).catch(() => undefined);
    }
  }
}
