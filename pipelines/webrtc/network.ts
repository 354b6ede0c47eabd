/** The network of a WebRTC process, by its settings: one UDP port, and STUN servers. */
import type { PeerNetwork, StunServer } from './connection.ts';
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
  return {
    port,
    stunServers: [...servers].map(stunServerOf),
    ...(host === undefined ? {} : { host }),
  };
}

/** RFC 7064: of this port where the address names none. */
const STUN_PORT = 3478;

/** The library reads no address with an IPv6 address in it. */
function stunServerOf(url: string): StunServer {
  const [, hostname, port] = /^stun:\[([^\]]+)\](?::(\d+))?$/.exec(url) ?? [];
  return hostname === undefined ? url : { hostname, port: Number(port ?? STUN_PORT) };
}
