/** The network of a WebRTC process, by its settings: one UDP port, and STUN servers. */
import type { PeerNetwork } from './connection.ts';
import { type IceServers, readTurnPassword } from './ice-servers.ts';

export interface NetworkSettings extends IceServers {
  readonly port: number;
  /** To listen on; undefined for all addresses. */
  readonly host?: string;
}

/**
 * A TURN server answers STUN, too, where it is asked by UDP. Its relays are the clients': libjuice has none for connections
 * that share a port.
 *
 * @throws PipelineError BAD_SECRET
 */
export function peerNetworkOf(settings: NetworkSettings): PeerNetwork {
  const { port, host, iceServers } = settings;
  readTurnPassword(settings);
  const servers = new Set(
    iceServers
      .filter((url) => !/^turns:|[?&]transport=tcp/i.test(url))
      .map((url) => url.replace(/^turn:/, 'stun:').replace(/\?.*/, '')),
  );
  return { port, stunServers: [...servers], ...(host === undefined ? {} : { host }) };
}
