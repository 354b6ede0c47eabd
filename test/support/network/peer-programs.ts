/**
 * SRTLA programs of others, built outside of the repository and named by a variable, an argv a line:
 *
 *     SRTLA_RECEIVERS='/tmp/belabox/srtla_rec {relayPort} 127.0.0.1 {listenerPort}'
 *     SRTLA_SENDERS='/tmp/belabox/srtla_send {bondPort} {receiverHost} {receiverPort} {addresses}'
 *
 * {addresses} is a file with the links' source addresses, one a line.
 */
import { basename, dirname } from 'node:path';

export interface PeerProgram {
  /** Its file with the folder, for example `belabox/srtla_rec`. */
  readonly name: string;
  readonly argv: readonly string[];
}

export function peerPrograms(
  variable: 'SRTLA_SENDERS' | 'SRTLA_RECEIVERS',
): readonly PeerProgram[] {
  return (process.env[variable] ?? '')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .flatMap((argv) => {
      const [command = ''] = argv;
      if (command === '') return [];
      return [{ name: `${basename(dirname(command))}/${basename(command)}`, argv }];
    });
}
