/** Sends this device’s camera and microphone to the box, by WHIP (RFC 9725). */
import { askIceServers, untilGathered } from '../../../../pipelines/player/playback/rtc/ice.ts';
import { anySignal, timeoutSignal } from '../../../../pipelines/player/playback/signals.ts';

/** Where it goes, and what it needs to know for that. */
export interface SendTo {
  readonly path: string;
  readonly token: string;
}

const ANSWER_MAX_MS = 5_000;
/** From the answer until it is connected: a network that lets no UDP through answers nothing. */
const CONNECT_MAX_MS = 10_000;
/** Nothing has come back for some seconds before; a browser itself gives up half a minute later. */
const LOST_AFTER_MS = 2_000;

/** The box has answered, and cannot be reached by WebRTC. */
export class NotReached extends Error {}
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
 * Resolves when the connection has ended by itself, or `signal` has aborted; rejects with a reason,
 * or {@link NotReached}, where there was none. The stream goes on.
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
      signal: anySignal(signal, timeoutSignal(ANSWER_MAX_MS)),
    });
    const text = await response.text();
    if (response.status !== 201) throw new Error(text.trim());
    session = new URL(response.headers.get('Location') ?? '', endpoint);
    await connection.setRemoteDescription({ type: 'answer', sdp: text });
    if (!signal.aborted) await untilEnded(connection, onSending, signal);
  } finally {
    connection.close();
    if (session !== undefined) {
      const request = { method: 'DELETE', headers: { authorization }, keepalive: true };
      fetch(session, request).catch(() => undefined);
    }
  }
}

function untilEnded(
  connection: RTCPeerConnection,
  onConnected: () => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let wasConnected = false;
    const end = () => (wasConnected ? resolve() : reject(new NotReached()));
    let timer = setTimeout(end, CONNECT_MAX_MS);
    const follow = () => {
      const { connectionState } = connection;
      if (connectionState === 'failed') end();
      if (connectionState === 'connected') {
        clearTimeout(timer);
        if (!wasConnected) onConnected();
        wasConnected = true;
      }
      if (connectionState === 'disconnected' && wasConnected) {
        clearTimeout(timer);
        timer = setTimeout(end, LOST_AFTER_MS);
      }
    };
    const leave = () => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener('abort', leave, { once: true });
    connection.addEventListener('connectionstatechange', follow);
    follow();
  });
}
