/** Plays by WebRTC (WHEP): nearest to live, for as long as it flows. */
import { fetchText, type Player } from '../live.ts';
import { play } from '../pace/play.ts';
import { ageMs } from './age.ts';
import { askIceServers, untilGathered } from './ice.ts';
import { hasPicture, packetsOf } from './packets.ts';
import type { WhepFailure } from './tries.ts';

/** No picture comes by WebRTC, now or any more: another player is used. */
export class WhepFailed extends Error {
  readonly why: WhepFailure;

  constructor(message: string, why: WhepFailure = 'silent') {
    super(message);
    this.why = why;
  }
}

const ANSWER_MAX_MS = 1_500;
/** From the answer to the first packets. */
const FIRST_MAX_MS = 2_500;
/** Without packets of the picture for so long it is over; a lost packet is there again much sooner. */
const SILENT_MAX_MS = 700;
const CHECK_MS = 100;

/** True where this browser has WebRTC. */
export function hasWebRtc(): boolean {
  return typeof RTCPeerConnection === 'function';
}

export interface WhepOptions {
  /** Of the stream: the endpoint is beside it. */
  readonly playlistUrl: URL;
  /** Where the box asks for one; null: none is known. */
  readonly token: string | null;
  /** Unix time in ms, by the box's clock. */
  readonly serverNowMs: () => number;
}

/**
 * Rejects with StreamRefused while there is no stream, and with {@link WhepFailed} where no
 * picture comes.
 */
export async function openWhep(
  video: HTMLVideoElement,
  options: WhepOptions,
  signal: AbortSignal,
): Promise<Player> {
  const session = await connect(options, signal, (opened) => opened.attach(video));
  return session.play(video, signal);
}

/** A connection that gets packets, and is played nowhere yet. */
export interface WhepConnection {
  play(video: HTMLVideoElement, signal: AbortSignal): Player;
  close(): void;
}

/** Rejects as {@link openWhep}. @param signal Until it is connected. */
export async function connectWhep(
  options: WhepOptions,
  signal: AbortSignal,
): Promise<WhepConnection> {
  return await connect(options, signal, () => undefined);
}

async function connect(
  options: WhepOptions,
  signal: AbortSignal,
  onAnswer: (session: WhepSession) => void,
): Promise<WhepSession> {
  const { playlistUrl, token } = options;
  const endpoint = new URL(`whep${playlistUrl.search}`, playlistUrl);
  const headers = token === null ? {} : { Authorization: `Bearer ${token}` };
  // Many guests wait for a drop; they ask for the playlist, which costs the box nothing.
  await fetchText(playlistUrl, { signal });
  const iceServers = await askIceServers(endpoint, headers);
  signal.throwIfAborted();
  const session = new WhepSession(headers, options.serverNowMs, iceServers);
  const close = () => session.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    await session.connect(endpoint);
    onAnswer(session);
    await session.firstPackets();
  } catch (error) {
    session.close();
    throw error instanceof WhepFailed ? error : new WhepFailed(String(error));
  } finally {
    signal.removeEventListener('abort', close);
  }
  return session;
}

class WhepSession implements WhepConnection {
  #video: HTMLVideoElement | undefined;
  readonly #connection: RTCPeerConnection;
  readonly #authorization: Readonly<Record<string, string>>;
  readonly #serverNowMs: () => number;
  #resource: URL | undefined;
  #latencyMs: number | undefined;
  #isClosed = false;

  constructor(
    authorization: Readonly<Record<string, string>>,
    serverNowMs: () => number,
    iceServers: readonly RTCIceServer[],
  ) {
    this.#connection = new RTCPeerConnection({ iceServers: [...iceServers] });
    this.#authorization = authorization;
    this.#serverNowMs = serverNowMs;
  }

  play(video: HTMLVideoElement, signal: AbortSignal): Player {
    this.attach(video);
    if (signal.aborted) this.close();
    signal.addEventListener('abort', () => this.close(), { once: true });
    return {
      kind: 'whep',
      rendition: () => '',
      latencyMs: () => this.#latencyMs,
      switches: () => 0,
      setPaused: (isPaused) => (isPaused ? video.pause() : play(video)),
      done: this.#watch(signal),
    };
  }

  /** From now on its picture is on screen. */
  attach(video: HTMLVideoElement): void {
    if (this.#video !== undefined) return;
    this.#video = video;
    const tracks = this.#connection.getReceivers().map(({ track }) => track);
    video.srcObject = new MediaStream(tracks);
    play(video);
    this.#followFrames(video);
  }

  async connect(endpoint: URL): Promise<void> {
    const connection = this.#connection;
    for (const kind of ['video', 'audio']) {
      const { receiver } = connection.addTransceiver(kind, { direction: 'recvonly' });
      // The second is what older versions of Chromium call it.
      Object.assign(receiver, { jitterBufferTarget: 0, playoutDelayHint: 0 });
    }
    const offer = await connection.createOffer();
    // Without it Chromium mixes Opus down to one channel.
    const sdp = (offer.sdp ?? '').replace('useinbandfec=1', 'useinbandfec=1;stereo=1');
    await connection.setLocalDescription({ type: 'offer', sdp });
    await untilGathered(connection);
    const answer = await this.#ask(endpoint, connection.localDescription?.sdp ?? sdp);
    await connection.setRemoteDescription({ type: 'answer', sdp: answer });
  }

  /** In the room the box needs no address of this device: it answers where packets come from. */
  async #ask(endpoint: URL, sdp: string): Promise<string> {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'Content-Type': 'application/sdp', ...this.#authorization },
      body: sdp,
      signal: AbortSignal.timeout(ANSWER_MAX_MS),
    });
    if (response.status !== 201) {
      // It says so where it expects to answer in a moment.
      const isStarting = response.status === 503 && response.headers.get('Retry-After') === '1';
      const why = isStarting ? 'starting' : 'refused';
      throw new WhepFailed(`${endpoint.pathname}: ${response.status}`, why);
    }
    const location = response.headers.get('Location');
    if (location !== null) this.#resource = new URL(location, endpoint);
    const answer = await response.text();
    addEventListener('pagehide', this.#leave);
    // It was closed while the answer was on its way.
    if (this.#isClosed) this.#end();
    return answer;
  }

  /** Rejects with {@link WhepFailed} where none come. */
  async firstPackets(): Promise<void> {
    const startedMs = performance.now();
    while ((await packetsOf(this.#connection)).all === 0) {
      if (this.#isClosed || performance.now() - startedMs > FIRST_MAX_MS) {
        throw new WhepFailed('no packets');
      }
      await new Promise((resolve) => setTimeout(resolve, CHECK_MS / 2));
    }
  }

  /**
   * Rejects with {@link WhepFailed} when packets of the picture stay away, though the sound goes
   * on; resolves when the signal aborts.
   */
  async #watch(signal: AbortSignal): Promise<void> {
    let packets = 0;
    let changedMs = performance.now();
    const hasVideo = hasPicture(this.#connection);
    try {
      while (!signal.aborted) {
        const { all, video } = await packetsOf(this.#connection);
        const now = hasVideo ? video : all;
        if (now !== packets) changedMs = performance.now();
        packets = now;
        const maxMs = packets === 0 ? FIRST_MAX_MS : SILENT_MAX_MS;
        if (performance.now() - changedMs > maxMs) throw new WhepFailed('no more packets');
        await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
      }
    } finally {
      this.close();
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#connection.close();
    this.#end();
    if (this.#video !== undefined) this.#video.srcObject = null;
  }

  #end(): void {
    this.#leave();
    removeEventListener('pagehide', this.#leave);
  }

  /** The box need not wait until it notices. */
  readonly #leave = (): void => {
    const resource = this.#resource;
    this.#resource = undefined;
    if (resource === undefined) return;
    const headers = this.#authorization;
    fetch(resource, { method: 'DELETE', keepalive: true, headers }).catch(() => undefined);
  };

  /** Each picture that is shown says by its time stamp when it was taken. */
  #followFrames(video: HTMLVideoElement): void {
    if (typeof video.requestVideoFrameCallback !== 'function') return;
    const onFrame = (nowMs: number, frame: VideoFrameCallbackMetadata) => {
      if (this.#isClosed) return;
      const { rtpTimestamp, expectedDisplayTime } = frame;
      if (rtpTimestamp !== undefined) {
        const shownMs = this.#serverNowMs() + Math.max(0, expectedDisplayTime - nowMs);
        this.#latencyMs = ageMs(rtpTimestamp, shownMs);
      }
      video.requestVideoFrameCallback(onFrame);
    };
    video.requestVideoFrameCallback(onFrame);
  }
}
