/** All that sends a drop upstream: the uplink over its links, and further destinations. */
import { untilAborted } from '../../hal/os/async.ts';
import type { Task } from '../../hal/os/task.ts';
import type { LinkSnapshot } from '../../pipelines/bond/core/snapshot.ts';
import type { FromUplink, ToUplink, UplinkSettings } from '../../pipelines/uplink/messages.ts';
import type { Config } from '../config/config.ts';
import { receiverOf, type UplinkConfig } from '../config/uplink.ts';
import type { UplinkFigures } from '../model/snapshot.ts';
import type { MediaChild } from './children/media.ts';
import type { openSupervision } from './children/supervision.ts';
import { openUnitConsumer, type UnitConsumer } from './children/unit-consumer.ts';
import { type Budget, budgetsOf } from './data-use.ts';
import { openDestinations } from './destinations/open.ts';
import type { PresentLink } from './destinations/route.ts';
import type { MediaPathDeps } from './media-path.ts';
import { openUplinkSecrets, type UplinkSecrets } from './secret-file.ts';
import { openUplinkMessages } from './uplink-messages.ts';
import { uplinkSettings, usedData } from './uplink-settings.ts';

export interface OutboundDeps
  extends Pick<
    MediaPathDeps,
    | 'config'
    | 'presentDrop'
    | 'inputs'
    | 'dataUse'
    | 'links'
    | 'clock'
    | 'log'
    | 'onUplink'
    | 'onDestinations'
  > {
  readonly media: MediaChild;
  readonly supervise: ReturnType<typeof openSupervision>;
  /** The encoder's bitrate from now on. */
  readonly onTarget: (targetBps: number) => void;
}

export interface Outbound {
  readonly uplink: Task;
  /** Others show it to the world: they get it in a drop only. */
  readonly destinations: Task;
  /** For a drill: these links lose all that they carry. */
  block(links: readonly string[]): void;
  /** The next runs go by the config that is in force. */
  refresh(): void;
}

/** Viewers, recordings and each other go on, whatever is wrong with one of them. */
export function openOutbound(deps: OutboundDeps): Outbound {
  let blocked: readonly string[] = [];
  const open = () => openWith(deps.config(), () => blocked, deps);
  let opened = open();
  return {
    uplink: (signal) => (opened.bonded.run ?? untilAborted)(signal),
    destinations: (signal) => opened.destinations(signal),
    block: (links) => {
      blocked = links;
      opened.bonded.send?.({ type: 'block', links });
    },
    refresh: () => {
      deps.onDestinations([]);
      const { uplink } = deps.config();
      if (uplink !== undefined) deps.onTarget(uplink.bitrate_bps);
      opened = open();
    },
  };
}

function openWith({ uplink }: Config, blocked: () => readonly string[], deps: OutboundDeps) {
  const hasSound = () => deps.inputs().hasSound;
  const secrets = openUplinkSecrets(uplink);
  let bonded: readonly LinkSnapshot[] = [];
  const onUplink = (figures: UplinkFigures) => {
    bonded = figures.bond?.links ?? [];
    deps.onUplink(figures);
  };
  return {
    destinations: openDestinations(uplink, {
      ...{ ...deps, hasSound },
      secretOf: (id) => secrets().destinations[id],
      links: () => presentLinks(uplink?.links ?? [], bonded),
      onCarried: (link, bytes) =>
        deps.dataUse.addBeside('destinations', link, bytes, deps.clock.wallMs()),
      isSpent: (link) => {
        const use = deps.dataUse.useAt(deps.clock.wallMs());
        const { bytes, usedBytes } = budgetsOf(uplink?.links ?? [], use)[link] ?? NO_BUDGET;
        return usedBytes >= bytes;
      },
      chosen: () => deps.presentDrop().destinations,
    }),
    bonded:
      uplink === undefined
        ? NO_UPLINK
        : openBonded(uplink, secrets, { ...deps, hasSound, blocked, onUplink }),
  };
}

const NO_BUDGET: Budget = { bytes: Number.POSITIVE_INFINITY, usedBytes: 0 };

/** An interface may have got another name since the config was written. */
function presentLinks(
  links: UplinkConfig['links'],
  bonded: readonly LinkSnapshot[],
): readonly PresentLink[] {
  return links.map(({ id, device, address }) => {
    return { id, address, device: bonded.find((link) => link.id === id)?.device ?? device };
  });
}

interface Bonded {
  readonly run?: Task;
  readonly send?: (message: ToUplink) => void;
}

const NO_UPLINK: Bonded = {};

interface BondedDeps extends OutboundDeps {
  readonly hasSound: () => boolean;
  /** Known to each run, also to one that was not there when they were blocked. */
  readonly blocked: () => readonly string[];
}

function openBonded(uplink: UplinkConfig, secrets: () => UplinkSecrets, deps: BondedDeps): Bonded {
  const { hasSound, blocked, media, dataUse, clock, log, supervise, onTarget, onUplink } = deps;
  const receiver = receiverOf(uplink);
  if (receiver === undefined) return NO_UPLINK;
  let isWanted = false;
  let given = usedData(dataUse.useAt(clock.wallMs()));
  const child: UnitConsumer<ToUplink> = openUnitConsumer<UplinkSettings, ToUplink, FromUplink>({
    ...{ name: 'uplink', program: 'uplink', media, clock, log },
    settings: () => {
      const use = dataUse.useAt(clock.wallMs());
      given = usedData(use);
      const settings = uplinkSettings(uplink, receiver, hasSound(), secrets(), use);
      return { ...settings, known: deps.links.known(), blocked: blocked() };
    },
    onMessage: openUplinkMessages(uplink, {
      ...{ clock, log, dataUse, onTarget },
      given: () => given,
      child: () => ({
        send: (message) => {
          given = message.used;
          child.send(message);
        },
      }),
      // What it sends once it was asked to end is out of date.
      onFigures: (figures) => {
        if (isWanted) onUplink(figures);
      },
    }),
  });
  const run = supervise('uplink', child.run, () => true);
  const wanted: Task = async (signal) => {
    isWanted = true;
    signal.addEventListener('abort', () => {
      isWanted = false;
    });
    await run(signal);
  };
  return { run: wanted, send: child.send };
}
