/** Plays by WebRTC (WHEP): nearest to live, for as long as it flows. */
import { fetchText, type Player } from '../live.ts';
import { pause, play } from '../pace/play.ts';
import { ageMs } from './age.ts';
import { askIceServers, untilGathered } from './ice.ts';
import { hasPicture, packetsOf } from './packets.ts';
import { WhepResource } from './resource.ts';
import { WhepFailed } from './tries.ts';

/** From the answer to the first packets: by servers, or where another player is on screen meanwhile. */
const FIRST_MAX_MS = 2_500;
/** From the box itself, to a guest who sees nothing until then. */
const FIRST_DIRECT_MAX_MS = 1_000;
/** Without packets of the picture for so long it is over; a lost packet is there again much sooner. */
const SILENT_MAX_MS = 700;
const CHECK_MS = 100;
/** A guest who pauses for longer takes no place at the box, and receives nothing. */
const PAUSED_MAX_MS = 5_000;

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
  const session = await connect(options, signal, FIRST_DIRECT_MAX_MS, (opened) =>
    opened.attach(video),
  );
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
  return await connect(options, signal, FIRST_MAX_MS, () => undefined);
}

async function connect(
  options: WhepOptions,
  signal: AbortSignal,
  firstDirectMaxMs: number,
  onAnswer: (session: WhepSession) => void,
): Promise<WhepSession> {
  const { playlistUrl, token } = options;
  const endpoint = new URL(`whep${playlistUrl.search}`, playlistUrl);
  const headers = token === null ? {} : { Authorization: `Bearer ${token}` };
  // Many guests wait for a drop; they ask for the playlist, which costs the box nothing.
  await fetchText(playlistUrl, { signal });
  const iceServers = await askIceServers(endpoint, headers);
  signal.throwIfAborted();
  const resource = new WhepResource(endpoint, headers);
  const session = new WhepSession(resource, options.serverNowMs, iceServers);
  const close = () => session.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    await session.connect();
    onAnswer(session);
    await session.firstPackets(iceServers.length === 0 ? firstDirectMaxMs : FIRST_MAX_MS);
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
  readonly #resource: WhepResource;
  readonly #serverNowMs: () => number;
  #latencyMs: number | undefined;
  /** Since when; undefined while it plays. */
  #pausedMs: number | undefined;
  #isClosed = false;

  constructor(
    resource: WhepResource,
    serverNowMs: () => number,
    iceServers: readonly RTCIceServer[],
  ) {
    this.#connection = new RTCPeerConnection({ iceServers: [...iceServers] });
    this.#resource = resource;
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
      setPaused: (isPaused) => this.#setPaused(video, isPaused),
      done: this.#watch(signal),
    };
  }

  #setPaused(video: HTMLVideoElement, isPaused: boolean): void {
    this.#pausedMs = isPaused ? performance.now() : undefined;
    if (isPaused) pause(video);
    else play(video);
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

  async connect(): Promise<void> {
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
    const answer = await this.#resource.offer(connection.localDescription?.sdp ?? sdp);
    await connection.setRemoteDescription({ type: 'answer', sdp: answer });
  }

  /** Rejects with {@link WhepFailed} where none come. */
  async firstPackets(maxMs: number): Promise<void> {
    const startedMs = performance.now();
    while ((await packetsOf(this.#connection)).all === 0) {
      if (this.#isClosed || performance.now() - startedMs > maxMs) {
        throw new WhepFailed('no packets');
      }
      await new Promise((resolve) => setTimeout(resolve, CHECK_MS / 2));
    }
  }

  /**
   * Rejects with {@link WhepFailed} when packets of the picture stay away, though the sound goes
   * on, and when a long pause ends; resolves when the signal aborts.
   */
  async #watch(signal: AbortSignal): Promise<void> {
    let packets = 0;
    let changedMs = performance.now();
    const hasVideo = hasPicture(this.#connection);
    try {
      while (!signal.aborted) {
        if (performance.now() - (this.#pausedMs ?? Number.POSITIVE_INFINITY) > PAUSED_MAX_MS) {
          await this.#leaveUntilPlayed(signal);
          continue;
        }
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

  /** The last picture stays on screen. Rejects where the guest goes on: it is to connect again. */
  async #leaveUntilPlayed(signal: AbortSignal): Promise<void> {
    this.#resource.leave();
    while (this.#pausedMs !== undefined && !signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
    }
    if (!signal.aborted) throw new WhepFailed('the pause is over', 'paused');
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#connection.close();
    this.#resource.leave();
    if (this.#video !== undefined) this.#video.srcObject = null;
  }

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
