/** `venuebox doctor networks`: what the networks for guests and crew need on this machine. */
import { existsSync, readdirSync } from 'node:fs';
import { HELPER_SOCKET } from '../../../hal/network/client.ts';
import { messageOf } from '../../../hal/os/log.ts';
import { runCommand } from '../../../hal/os/process.ts';
import type { Config } from '../../config/config.ts';
import { type Finding, note, type PartReport, wrong } from './report.ts';

const VERSION_MS = 5_000;

export interface NetworkNeeds {
  /** What a program says of its version; undefined where it is missing. */
  readonly version: (program: string) => Promise<string | undefined>;
  readonly hasHelper: () => boolean;
  readonly interfaces: () => readonly string[];
}

const THIS_MACHINE: NetworkNeeds = {
  version: async (program) => {
    const args = program === 'nft' ? ['--version'] : ['-V'];
    const found = await runCommand(program, args, { timeoutMs: VERSION_MS }).catch(
      (error: unknown) => messageOf(error),
    );
    return typeof found === 'string' ? undefined : found.stdout.trim().slice(0, 80);
  },
  hasHelper: () => existsSync(HELPER_SOCKET),
  interfaces: () => readdirSync('/sys/class/net'),
};

export async function probeOwnNetworks(
  { network: { guests, crew } }: Pick<Config, 'network'>,
  needs: NetworkNeeds = THIS_MACHINE,
): Promise<PartReport> {
  const isWanted = guests.device !== '' || crew.device !== '';
  const programs = await Promise.all(
    ['nft', 'tc', 'ip'].map(async (name) => [name, await needs.version(name)] as const),
  );
  const missing = programs.filter(([, version]) => version === undefined).map(([name]) => name);
  const packages = missing.includes('nft') ? 'nftables and iproute2' : 'iproute2';
  const findings: readonly Finding[] = [
    ...(missing.length === 0 || !isWanted
      ? []
      : [wrong(`${missing.join(' and ')} missing`, `install the packages ${packages}`)]),
    ...(needs.hasHelper() || !isWanted
      ? []
      : [wrong('the network helper does not listen', 'install the box: sudo scripts/install.sh')]),
    ...devicesMissing([guests.device, crew.device, crew.via], needs.interfaces()),
  ];
  const wanted = [
    guests.device === '' ? 'no network for guests' : `guests on ${guests.device}`,
    crew.device === '' ? 'none for the crew' : `crew on ${crew.device}`,
  ];
  const lines = programs.flatMap(([, version]) => (version === undefined ? [] : [version]));
  return { part: 'networks', driver: wanted.join(', '), lines, findings };
}

function devicesMissing(devices: readonly string[], found: readonly string[]): readonly Finding[] {
  return devices
    .filter((device) => device !== '' && !found.includes(device))
    .map((device) =>
      note(`${device} is not there now`, 'see that it is plugged in, and its name: ip link'),
    );
}
