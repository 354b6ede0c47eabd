/** Network cameras: RTSP, and SRT as phones and encoders send it. */
import { HalError } from '../os/errors.ts';
import { readRegular, SECRET_BYTES_MAX } from '../os/files/read-regular.ts';
import { messageOf } from '../os/log.ts';
import { type LaunchFragment, quote } from './launch.ts';

export interface NetworkSourceConfig {
  readonly driver: 'rtsp' | 'srt';
  /** `rtsp://…`, or `srt://:7001?mode=listener`. */
  readonly url: string;
  /** How much is buffered against jitter, in ms. */
  readonly latency_ms: number;
  /** RTSP alone. */
  readonly transport: 'tcp' | 'udp';
  /** RTSP: `user:password`; SRT: the passphrase. Empty: none. */
  readonly credentials_file: string;
}

/** By RTSP its sound has a connection of its own; by WHIP and SRT another process receives both. */
export type CameraWithSound = NetworkSourceConfig | 'whip' | 'srt';

/** A camera that sends nothing for so long is reconnected, in us. */
const TIMEOUT_US = 5_000_000;

const NEEDS: Readonly<Record<NetworkSourceConfig['driver'], Readonly<Record<string, string>>>> = {
  rtsp: { rtspsrc: 'gstreamer1.0-plugins-good', decodebin: 'gstreamer1.0-plugins-base' },
  srt: { srtsrc: 'gstreamer1.0-plugins-bad', decodebin: 'gstreamer1.0-plugins-base' },
};

/** It has no host to call, or says so. */
const LISTENER = /^srt:\/\/(?::|[^?]*\?(?:.*&)?mode=listener\b)/;

/** UDP port at which the box waits to be called; undefined where it calls. */
export function listenerPort(url: string): number | undefined {
  const port = LISTENER.test(url) ? /^srt:\/\/[^/?]*:(\d{1,5})/.exec(url)?.[1] : undefined;
  return port === undefined ? undefined : Number(port);
}

/** One kind of what a network camera sends; decoded. @param secret see `readCredentials`. */
export function networkSource(
  config: NetworkSourceConfig,
  kind: 'video' | 'audio',
  secret: string,
): LaunchFragment {
  const source =
    config.driver === 'rtsp' ? rtspSource(config, kind, secret) : srtSource(config, secret);
  return {
    launch: `${source} ! decodebin ! ${kind}/x-raw`,
    stamping: 'clock',
    isCalled: config.driver === 'srt' && LISTENER.test(config.url),
    needs: NEEDS[config.driver],
  };
}

function rtspSource(
  { url, latency_ms, transport }: NetworkSourceConfig,
  kind: 'video' | 'audio',
  secret: string,
): string {
  const [, user = '', password = ''] = /^([^:]*):(.*)$/s.exec(secret) ?? [];
  const login = secret === '' ? '' : ` user-id=${quote(user)} user-pw=${quote(password)}`;
  return (
    `rtspsrc location=${quote(url)} latency=${latency_ms} protocols=${transport}${login} ` +
    `timeout=${TIMEOUT_US} tcp-timeout=${TIMEOUT_US} drop-on-latency=true ` +
    `! application/x-rtp,media=${kind}`
  );
}

/** What receives a stream by SRT, as a gst-launch fragment. */
export function srtSource(
  { url, latency_ms }: Pick<NetworkSourceConfig, 'url' | 'latency_ms'>,
  secret: string,
): string {
  const cipher = secret === '' ? '' : ` passphrase=${quote(secret)} pbkeylen=16`;
  return `srtsrc uri=${quote(url)} latency=${latency_ms}${cipher}`;
}

/**
 * What the file holds, without its line break; empty for no file.
 *
 * @throws HalError NOT_FOUND, with the config key in the message.
 */
export function readCredentials(key: string, path: string): string {
  if (path === '') return '';
  try {
    return readRegular(path, SECRET_BYTES_MAX)
      .toString()
      .replace(/\r?\n[\s\S]*$/, '');
  } catch (cause) {
    const message = `${key}: ${path} cannot be read (${messageOf(cause)}); name a file with the login`;
    throw new HalError('NOT_FOUND', message, { cause });
  }
}

/** A camera that is asked again and again with a wrong login may block this machine's address. */
const REFUSED_MS = 60_000;
/** So long no login is refused: a run of this took it. */
const TAKEN_MS = 30_000;
/** A camera that restarts may refuse for a moment what it took before. */
const TAKEN = { tries: 4, pauseMs: 5_000 };
/** In the words of rtspsrc. */
const UNAUTHORIZED = /\brtspsrc\d*: Unauthorized\b/;

/** The login of a network camera, read at each start. */
export interface Login {
  /** What `check` has read. */
  readonly secret: string;
  /**
   * Rejects with a HalError: NOT_FOUND as {@link readCredentials}, NOT_PERMITTED while the camera
   * is left alone after it refused this login.
   */
  check(): Promise<void>;
  onFailed(error: unknown): void;
}

/** @param key Names the file in messages. @param nowMs A clock that never steps back. */
export function openLogin(
  key: string,
  { credentials_file, url }: NetworkSourceConfig,
  nowMs = () => performance.now(),
): Login {
  let secret = '';
  let refused: { readonly secret: string; readonly untilMs: number } | undefined;
  let startedMs: number | undefined;
  let triesLeft = 0;
  const end = () => {
    if (startedMs !== undefined && nowMs() - startedMs >= TAKEN_MS) triesLeft = TAKEN.tries;
    startedMs = undefined;
  };
  return {
    get secret() {
      return secret;
    },
    check: async () => {
      end();
      const before = secret;
      secret = readCredentials(key, credentials_file);
      if (secret !== before) triesLeft = 0;
      if (refused?.secret !== secret || nowMs() >= refused.untilMs) {
        startedMs = nowMs();
        return;
      }
      const advice = `write the right one into ${credentials_file === '' ? 'its address' : key}`;
      throw new HalError('NOT_PERMITTED', `${hostOf(url)} refuses the login`, { advice });
    },
    onFailed: (error) => {
      if (!UNAUTHORIZED.test(messageOf(error))) {
        end();
        return;
      }
      startedMs = undefined;
      refused = { secret, untilMs: nowMs() + (triesLeft > 0 ? TAKEN.pauseMs : REFUSED_MS) };
      triesLeft = Math.max(0, triesLeft - 1);
    },
  };
}

/** Without a login that was written into it. */
export function hostOf(url: string): string {
  return url.replace(/^\w+:\/\/(?:[^@/]*@)?/, '').replace(/[/?].*$/, '') || 'listener';
}
