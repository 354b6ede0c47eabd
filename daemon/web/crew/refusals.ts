/** What this machine refuses of new settings before they are saved, so that it is shown beside the field. */
import { createServer } from 'node:net';
import { PORTAL_PORT } from '../../../hal/network/plan.ts';
import { errnoOf } from '../../../hal/os/errors.ts';
import { listen } from '../../../hal/os/listen.ts';
import { messageOf } from '../../../hal/os/log.ts';
import { PipelineError } from '../../../pipelines/errors/pipeline-error.ts';
import { checkTlsFiles } from '../../../pipelines/http/tls-files.ts';
import type { Config } from '../../config/config.ts';
import { type Changed, changesOf, type SettingFault } from '../../settings/change.ts';
import type { Part } from '../../settings/needs.ts';

export interface RefusalDeps {
  readonly source: {
    /** Rejects where camera, sound and encoders of a config cannot be used. */
    readonly check: (config: Config) => Promise<void>;
  };
  /** What runs now: what was saved since may still wait for the end of a drop. */
  readonly live: { readonly current: () => Config };
}

/** A server of the box, by the setting that names its port. */
interface Listening {
  readonly path: string;
  readonly host: string;
  readonly port: number;
}

export function openRefusals({ source, live }: RefusalDeps) {
  return async (before: Config, after: Config): Promise<readonly SettingFault[]> => {
    const changes = changesOf(before, after);
    const restarting = (part: Part) => changes.filter(({ parts }) => parts.includes(part));
    const inputs = restarting('source');
    const faults = [
      await inputFault(inputs, () => source.check(after)),
      ...(await Promise.all(newPorts([before, live.current()], after).map(portFault))),
      ...(await Promise.all(newHosts(before, after).map(portFault))),
      ...(await Promise.all(
        // A server that is restarted reads its files again, whose disk may have failed meanwhile.
        [['viewers', 'media'] as const, ['operator', 'page'] as const]
          .filter(([, part]) => restarting(part).length > 0)
          .map(([key]) => faultOf(`${key}.tls`, async () => checkTlsFiles(after[key].tls))),
      )),
    ];
    return faults.filter((fault) => fault !== undefined);
  };
}

async function inputFault(
  [first, ...others]: readonly Changed[],
  check: () => Promise<void>,
): Promise<SettingFault | undefined> {
  if (first === undefined) return undefined;
  try {
    await check();
    return undefined;
  } catch (error) {
    const isEncoder = error instanceof PipelineError && error.code === 'NO_ENCODER';
    const encoder = isEncoder ? others.find(({ path }) => path === 'encoder.driver') : undefined;
    return { path: (encoder ?? first).path, reason: messageOf(error) };
  }
}

async function faultOf(
  path: string,
  check: () => Promise<void>,
): Promise<SettingFault | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    return { path, reason: messageOf(error) };
  }
}

/** Those that no server of the box has now. */
function newPorts(ours: readonly Config[], after: Config): readonly Listening[] {
  const own = new Set(ours.flatMap(portsOf).map(({ port }) => port));
  // The portal of the guests' network, which the player's server takes the place of.
  if (ours.some(({ network }) => network.guests.device !== '')) own.add(PORTAL_PORT);
  return portsOf(after).filter(({ port }) => port !== 0 && !own.has(port));
}

/** An address that this machine does not have would keep guests, or the crew, out. */
function newHosts(before: Config, after: Config): readonly Listening[] {
  return (['viewers', 'operator'] as const)
    .filter((part) => before[part].host !== after[part].host)
    .map((part) => ({ path: `${part}.host`, host: after[part].host, port: 0 }));
}

function portsOf({ viewers, operator, metrics, mqtt }: Config): readonly Listening[] {
  const { host } = viewers;
  return [
    { path: 'viewers.port', host, port: viewers.port },
    { path: 'viewers.tls', host, port: viewers.tls?.port ?? 0 },
    { path: 'operator.port', host: operator.host, port: operator.port },
    { path: 'metrics.port', host: metrics.host, port: metrics.port },
    { path: 'mqtt.broker_port', host: '127.0.0.1', port: mqtt.broker_port },
  ];
}

async function portFault({ path, host, port }: Listening): Promise<SettingFault | undefined> {
  const server = createServer();
  try {
    await listen(server, host, port);
    await new Promise((resolve) => server.close(resolve));
    return undefined;
  } catch (error) {
    return { path, reason: port === 0 ? hostReason(host, error) : portReason(port, error) };
  }
}

const hostReason = (host: string, error: unknown) =>
  errnoOf(error) === 'EADDRNOTAVAIL'
    ? `this machine has no address ${host}`
    : `${host} cannot be listened on: ${messageOf(error)}`;

function portReason(port: number, error: unknown): string {
  const errno = errnoOf(error);
  if (errno === 'EADDRINUSE') return `port ${port} is used by another program of this machine`;
  if (errno === 'EACCES')
    return `port ${port} is for programs with more rights: take one above 1023`;
  return `port ${port} cannot be opened: ${messageOf(error)}`;
}
