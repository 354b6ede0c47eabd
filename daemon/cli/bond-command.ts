/** `venuebox bond` and `venuebox relay`: the two ends of a bond, for any SRT encoder and server. */
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { untilAborted } from '../../hal/os/async.ts';
import { readRegular, SECRET_BYTES_MAX } from '../../hal/os/files/read-regular.ts';
import { type ClockAndLog, messageOf } from '../../hal/os/log.ts';
import { runAll, type Task } from '../../hal/os/task.ts';
import { type Endpoint, type LinkConfig, MAX_LINKS } from '../../pipelines/bond/core/config.ts';
import { type BondControl, runBond } from '../../pipelines/bond/net/sender.ts';
import { runRelay } from '../../pipelines/bond/relay/relay.ts';
import { listenError } from '../../pipelines/http/listen.ts';
import { readSecretFile } from '../media/secret-file.ts';
import { renderRelayHint } from './relay-hint.ts';
import { runStoreOf, type StoreArguments } from './store-command.ts';
import { UsageError } from './usage.ts';

export interface BondArguments {
  readonly listen: Endpoint;
  readonly receiver: Endpoint;
  /** Addresses with commas between, or `@FILE` with one link a line. */
  readonly from: string;
  readonly isJson: boolean;
  /** Holds the relay's secret; empty for none. */
  readonly secretFile: string;
}

export interface RelayArguments {
  readonly listen: Endpoint;
  readonly srt: Endpoint;
  readonly isJson: boolean;
  readonly secretFile: string;
  /** Takes back-fill, where it is given. */
  readonly store?: StoreArguments;
}

export interface CommandDeps extends ClockAndLog {
  readonly print: (line: string) => void;
  /** Calls back at each SIGHUP. */
  readonly onHangup: (callback: () => void) => void;
}

/**
 * Reads links: `IP[,IP…]`, or lines of `IP [backup] [weight=N]` with `#` comments.
 *
 * @throws UsageError
 */
export function parseLinks(text: string): readonly LinkConfig[] {
  const entries = text
    .split(/[,\n]/)
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
  if (entries.length === 0) throw new UsageError('--from names no link');
  if (entries.length > MAX_LINKS) throw new UsageError(`--from names more than ${MAX_LINKS} links`);
  const links = entries.map(parseLink);
  const twice = links.find((link, i) => links.findIndex(({ id }) => id === link.id) !== i);
  if (twice !== undefined) throw new UsageError(`--from names ${twice.id} twice`);
  return links;
}

function parseLink(entry: string): LinkConfig {
  const [address = '', ...options] = entry.split(/\s+/);
  let weight = 1;
  let isBackup = false;
  for (const option of options) {
    const [, number] = /^weight=(\d+(?:\.\d+)?)$/.exec(option) ?? [];
    if (option === 'backup') isBackup = true;
    else if (Number(number) > 0) weight = Number(number);
    else throw new UsageError(`--from: ${option} is neither backup nor weight=N`);
  }
  if (isIP(address) === 0) {
    throw new UsageError(`--from: ${address} is no IP address of this machine`);
  }
  return { id: address, sourceAddress: address, weight, isBackup, isEnabled: true };
}

/** `venuebox bond`: a drop-in bonding sender for any SRT encoder. SIGHUP reads `@FILE` again. */
export async function runBondCommand(
  { listen, receiver, from, isJson, secretFile }: BondArguments,
  { clock, log, print, onHangup }: CommandDeps,
  signal: AbortSignal,
): Promise<void> {
  const links = readLinks(from);
  let control: BondControl | undefined;
  let switchesSeen = 0;
  onHangup(() => {
    try {
      const changed = readLinks(from);
      control?.setLinks(changed);
      log.info('links read again', { links: changed.map(({ id }) => id).join(' ') });
    } catch (error) {
      log.warn('links file not used', { reason: messageOf(error) });
    }
  });
  await runBond(
    { listen, receiver, links, secret: readSecretFile('--secret-file', secretFile) },
    {
      clock,
      log,
      onStart: (started, listening) => {
        control = started;
        log.info('bond started', {
          listen: renderEndpoint(listening),
          to: renderEndpoint(receiver),
        });
      },
      onSnapshot: (snapshot) => {
        if (isJson) print(JSON.stringify(snapshot));
        for (const { atMs, link, from: before, to, reason } of snapshot.switches) {
          if (atMs <= switchesSeen) continue;
          switchesSeen = atMs;
          if (!isJson) log.info('link changed', { link, from: before, to, reason });
        }
      },
    },
    signal,
  ).catch((error: unknown) => {
    throw portError(listen, error);
  });
}

/** `venuebox relay`: the receiving end, in front of any SRT listener. */
export async function runRelayCommand(
  { listen, srt, isJson, secretFile, store }: RelayArguments,
  { clock, log, print }: Omit<CommandDeps, 'onHangup'>,
  signal: AbortSignal,
): Promise<void> {
  const secret = readSecretFile('--secret-file', secretFile);
  const storing: Task = store === undefined ? untilAborted : runStoreOf(store, { clock, log });
  const relaying: Task = (ends) =>
    runRelay(
      { listen, srt, ...(secret === undefined ? {} : { secret }) },
      {
        clock,
        log,
        onStart: (listening) => {
          log.info('relay started', {
            listen: renderEndpoint(listening),
            srt: renderEndpoint(srt),
          });
          const hasSecret = secret !== undefined;
          if (isJson) return;
          const hint = { listening, interfaces: networkInterfaces(), hasSecret };
          print(renderRelayHint({ ...hint, ...(store && { store }) }));
        },
        onSnapshot: (snapshot) => {
          if (isJson) print(JSON.stringify(snapshot));
        },
      },
      ends,
    ).catch((error: unknown) => {
      throw portError(listen, error);
    });
  await runAll([relaying, storing], signal);
}

function readLinks(from: string): readonly LinkConfig[] {
  if (!from.startsWith('@')) return parseLinks(from);
  try {
    return parseLinks(readRegular(from.slice(1), SECRET_BYTES_MAX).toString());
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--from: ${from.slice(1)} cannot be read: ${messageOf(error)}`);
  }
}

function renderEndpoint({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function portError(listen: Endpoint, cause: unknown): unknown {
  const isOfThePort = ['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES'].includes(
    (cause as NodeJS.ErrnoException).code ?? '',
  );
  return isOfThePort ? listenError(`UDP port ${listen.port} on ${listen.host}`, cause) : cause;
}
