/** The snapshot: all that is known of the box at one time. */
import type { BatteryState } from '../../hal/battery/port.ts';
import type { ModemAction, ModemsState } from '../../hal/modem/port.ts';
import type { Supervised } from '../../hal/os/supervise.ts';
import type { PrinterStatus } from '../../hal/printer/port.ts';
import type { SystemState } from '../../hal/system/port.ts';
import type { BackfillFigures } from '../../pipelines/backfill/messages.ts';
import type { BondSnapshot } from '../../pipelines/bond/core/snapshot.ts';
import type { SourceFigures } from '../../pipelines/capture/messages.ts';
import type { Levels } from '../../pipelines/media/levels.ts';
import type { MediaFigures } from '../../pipelines/media/messages.ts';
import type { TargetState } from '../../pipelines/recording/settings.ts';
import type { Destination } from './destinations.ts';
import type { FleetSnapshot } from './fleet.ts';
import type { HotspotInfo, OwnNetwork } from './hotspot.ts';
import type { ShopState } from './orders.ts';
import type { OverlaySnapshot } from './overlay.ts';
import type { PlannedDropsState } from './planned-drops.ts';
import type { PrintFigures } from './prints.ts';
import type { Readiness } from './readiness.ts';
import type { UpdateSnapshot } from './update.ts';

/**
 * Where the evening stands.
 * - `idle`: nothing is asked of the box; guests see poster and countdown.
 * - `preflight`: the checks before a drop run; `armed`: one hold of the button from going live.
 * - `live`: on air; `ending`: what was recorded is closed, the last parts go out.
 * - `fault`: it cannot go live; the reason is shown.
 */
export const DROP_PHASES = ['idle', 'preflight', 'armed', 'live', 'ending', 'fault'] as const;
export type DropPhase = (typeof DROP_PHASES)[number];

export interface DropState {
  readonly phase: DropPhase;
  /** Unix time in ms at which this phase began. */
  readonly sinceMs: number;
  /** Names the present or the last drop, for example `2026-11-22T20-00-05Z`. */
  readonly dropId?: string;
  /** Why it is here, where somebody must know. */
  readonly reason?: string;
}

/** The state of the drop cannot be saved. */
export interface NotSaved {
  readonly reason: string;
  /** The disk may still say that a drop is live which has ended: a restart would resume it. */
  readonly goesLive: boolean;
}

/** What the box was to do about its drop and could not. */
export interface DropFaults {
  /** Why its state is not saved as usual. */
  readonly notSaved?: NotSaved | undefined;
  /** Why the machine goes on that was to be shut down. */
  readonly notPoweredOff?: string | undefined;
  /** The drop that was live before safe mode: the start that leaves it goes on with it, in time. */
  readonly notResumed?: string | undefined;
}

/** What the power that is left asks of the box; the lowest first: each saves more. */
export const POWER_PHASES = ['normal', 'saving', 'last-minutes', 'shut-down'] as const;
export type PowerPhase = (typeof POWER_PHASES)[number];

/** Something that is switched off to last longer. */
export interface ShedLoad {
  /** Stable, lower-case with hyphens, for example `top-rendition`. */
  readonly load: string;
  /** What that means, one line. */
  readonly text: string;
}

/** The MQTT broker, as the box sees it. */
export type BrokerState =
  | { readonly phase: 'none' }
  | {
      readonly phase: 'connected';
      /** Topics that its rules for this user do not let through. */
      readonly refusedTopics?: readonly string[];
      /** What is larger than it takes. */
      readonly largeTopics?: readonly string[];
      /** What it does not offer, each in a few words. */
      readonly limits?: readonly string[];
      /** Another box has the name of this one: where it is. */
      readonly nameConflict?: string;
    }
  | {
      readonly phase: 'away';
      readonly reason: string;
      /** A certificate is not valid at this time. */
      readonly isCertificate?: boolean;
      readonly nameConflict?: string;
    };

/** Events on their way to the broker. */
export interface EventsState {
  /** Not with the broker yet. */
  readonly waiting: number;
  /** Of this run: there was no room for them any more. */
  readonly lostTotal: number;
  /** Of those, lost since none waited any more. */
  readonly lostNow: number;
  /** Why the disk takes none; those of meanwhile wait in memory. */
  readonly notSaved?: string;
  /** Why the broker takes none. */
  readonly refused?: string;
}

/** Something is wrong, and what to do about it. One list feeds every place that shows it. */
export interface Alert {
  /** Stable, lower-case with hyphens, for example `capture-down`. */
  readonly key: string;
  readonly severity: 'info' | 'warning' | 'critical';
  /** Unix time in ms. */
  readonly sinceMs: number;
  /** What is wrong, one line in everyday words. */
  readonly text: string;
  /** What a person can do about it. */
  readonly advice: string;
  /** The technical reason, where there is one. */
  readonly detail?: string;
}

/** A link of the config that is switched on. */
export interface PlannedLink {
  readonly id: string;
  readonly device?: string;
  /** IPv4, of this machine. */
  readonly address?: string;
}

/** The upstream connection, once a second. */
export interface UplinkFigures {
  readonly phase: 'off' | 'connecting' | 'connected';
  /** Why it is not connected. */
  readonly reason?: string;
  /** What the encoder is asked for now. */
  readonly targetBps: number;
  /** What goes to SRT, without bonding's additions. */
  readonly bitrateBps: number;
  readonly srt?: {
    readonly rttMs: number;
    readonly latencyMs: number;
    readonly retransmittedTotal: number;
    /** Packets too late to be sent. */
    readonly droppedTotal: number;
  };
  /** Undefined where SRT goes straight to its receiver. */
  readonly bond?: BondSnapshot;
  readonly blockedAtMs?: number;
  /** Links of the config whose interface or address is not there. */
  readonly missingLinks: readonly string[];
}

/** One volume that recordings go to, as far as others show it. */
export type RecordingTarget = Pick<
  TargetState,
  | 'id'
  | 'folder'
  | 'phase'
  | 'failure'
  | 'reason'
  | 'disks'
  | 'freeBytes'
  | 'usableBytes'
  | 'remainingS'
  | 'writtenBps'
  | 'lagMs'
>;

/** What the box sees to in a modem, by itself. */
export interface ModemMaintenance {
  /** Of {@link ModemState}. */
  readonly id: string;
  readonly model: string;
  /** Why its SIM stays locked. */
  readonly pin?: { readonly kind: 'missing' | 'wrong' | 'kept'; readonly reason: string };
  /** All that its SIM carried this month, whichever program's; by its interface's counters. */
  readonly usedBytes?: number;
  /** The link of the config that goes over it, by its id. */
  readonly link?: string;
  /** That link's, a month. */
  readonly budgetBytes?: number;
  /** It was lost and is being brought back: what was last done for it, and why. */
  readonly reset?: { readonly action: ModemAction; readonly reason: string };
}

/** All that is known of the box now, for all interfaces. */
export interface BoxSnapshot extends OverlaySnapshot, FleetSnapshot, UpdateSnapshot {
  readonly name: string;
  readonly version: string;
  /** RFC 3339. */
  readonly startedAt: string;
  /** What guests and crew open on this network. */
  readonly playerUrl?: string;
  readonly operatorUrl?: string;
  readonly hotspot?: HotspotInfo | undefined;
  readonly networks?: readonly OwnNetwork[] | undefined;
  readonly drop: DropState;
  readonly dropFaults?: DropFaults;
  readonly readiness?: Readiness;
  readonly settingsFault?: string | undefined;
  /** Of HTTPS, that expires first: whole days by the clock of the box, below 0 where it has expired. */
  readonly certificate?: { readonly untilMs: number; readonly daysLeft: number } | undefined;
  /** Undefined where nothing is or was sold. */
  readonly shop?: ShopState | undefined;
  readonly plannedDrops?: PlannedDropsState;
  readonly power: PowerPhase;
  readonly shedLoads: readonly ShedLoad[];
  readonly warnings: readonly Alert[];
  readonly camera: string;
  /** Of the config, by which an alert knows what it is about; left out on an edge. */
  readonly drivers?: {
    readonly camera: string;
    readonly camera2?: string | undefined;
    readonly sound: string;
  };
  /** What camera and sound bring; undefined while they are not wanted, and on an edge. */
  readonly sources: SourceFigures | undefined;
  /** Exposure and white balance are held where they were when the drop was armed. */
  readonly isCameraLocked: boolean;
  readonly sound: string;
  readonly encoder: string;
  /** The ways upstream that the config names, none for SRT by itself; undefined without an uplink. */
  readonly plannedLinks?: readonly PlannedLink[];
  readonly children: Readonly<Record<string, Supervised>>;
  readonly media: MediaFigures | undefined;
  readonly levels: Levels | undefined;
  readonly uplink: UplinkFigures | undefined;
  /** Further receivers of the drop; undefined where the config has none. */
  readonly destinations?: readonly Destination[];
  /** Undefined where the far end gets none. */
  readonly backfill?: BackfillFigures;
  /** Where recordings go to, the first one first. */
  readonly recording: readonly RecordingTarget[];
  readonly battery: BatteryState;
  readonly printer: PrinterStatus;
  readonly prints?: PrintFigures;
  /** Buttons and lamps that do not answer, and why: `buttons`, or a lamp's name. */
  readonly panelAway?: Readonly<Record<string, string>>;
  /** Buttons that are down without being pressed. */
  readonly stuckButtons?: readonly string[];
  readonly broker: BrokerState;
  /** Undefined without a broker. */
  readonly events?: EventsState | undefined;
  readonly modems: ModemsState;
  readonly modemMaintenance?: readonly ModemMaintenance[];
  /** Undefined until it was read for the first time. */
  readonly system: SystemState | undefined;
}
export type PinFault = NonNullable<ModemMaintenance['pin']>;
