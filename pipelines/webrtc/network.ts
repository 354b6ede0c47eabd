/** The network of a WebRTC process, by its settings: one UDP port, STUN and TURN servers. */
import { readRegular, SECRET_BYTES_MAX } from '../../hal/os/files/read-regular.ts';
import { PipelineError } from '../errors/pipeline-error.ts';
import type { PeerNetwork } from './connection.ts';

export interface NetworkSettings {
  readonly port: number;
  /** To listen on; undefined for all addresses. */
  readonly host?: string;
  /** `stun:host:port` and `turn:host:port`: empty in the room itself. */
  readonly iceServers: readonly string[];
  readonly turn?: { readonly username: string; readonly passwordFile: string };
}

/** @throws PipelineError BAD_SECRET, which never holds the secret. */
export function peerNetworkOf({ port, host, iceServers, turn }: NetworkSettings): PeerNetwork {
  const server = (url: string): string => {
    if (!url.startsWith('turn:') || turn === undefined) return url;
    const password = readPassword(turn.passwordFile);
    const login = [turn.username, password].map(encodeURIComponent).join(':');
    return `turn:${login}@${url.slice('turn:'.length)}`;
  };
  return { port, iceServers: iceServers.map(server), ...(host === undefined ? {} : { host }) };
}

function readPassword(file: string): string {
  try {
    return readRegular(file, SECRET_BYTES_MAX).toString().trim();
  } catch (cause) {
    const what = `viewers.whep.turn_password_file: ${file}: cannot be read`;
    throw new PipelineError('BAD_SECRET', what, { cause });
  }
}
