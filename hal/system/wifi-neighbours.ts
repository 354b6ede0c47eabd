/** Wi-Fi networks that the machine receives, by NetworkManager. */
import { runCommand } from '../os/process.ts';

export interface WifiNetwork {
  /** Empty where it is hidden. */
  readonly name: string;
  readonly channel?: number;
  /** An estimate: NetworkManager gives per cent. */
  readonly signalDbm?: number;
}

const TIMEOUT_MS = 15_000;

/** The strongest first; undefined where the machine has no Wi-Fi, or no NetworkManager. */
export async function listWifiNeighbours(
  signal: AbortSignal,
): Promise<readonly WifiNetwork[] | undefined> {
  const args = ['-t', '-f', 'SSID,CHAN,SIGNAL', 'device', 'wifi', 'list'];
  try {
    const { exitCode, stdout } = await runCommand('nmcli', args, { timeoutMs: TIMEOUT_MS, signal });
    return exitCode === 0 && stdout !== '' ? parseNmcli(stdout) : undefined;
  } catch {
    return undefined;
  }
}

/** Of `nmcli -t`: fields behind colons, colons in names behind a backslash. Pure. */
export function parseNmcli(text: string): readonly WifiNetwork[] {
  const networks = text.split('\n').flatMap((line): readonly WifiNetwork[] => {
    const fields = /^(.*):(\d*):(\d*)$/.exec(line);
    if (fields === null) return [];
    const [, name = '', channel = '', signal = ''] = fields;
    return [
      {
        name: name.replace(/\\([\\:])/g, '$1'),
        ...(channel === '' ? {} : { channel: Number(channel) }),
        ...(signal === '' ? {} : { signalDbm: Number(signal) / 2 - 100 }),
      },
    ];
  });
  return networks.toSorted((a, b) => (b.signalDbm ?? -200) - (a.signalDbm ?? -200));
}
