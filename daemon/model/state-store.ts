/** The store of the state of the box. */
import type { BatteryState } from '../../hal/battery/port.ts';
import type { ModemsState } from '../../hal/modem/port.ts';
import type { Clock } from '../../hal/os/clock.ts';
import type { Supervised } from '../../hal/os/supervise.ts';
import type { PrinterStatus } from '../../hal/printer/port.ts';
import type { SystemState } from '../../hal/system/port.ts';
import type { BackfillFigures } from '../../pipelines/backfill/messages.ts';
import type { Levels } from '../../pipelines/media/levels.ts';
import type { MediaFigures } from '../../pipelines/media/messages.ts';
import type { Destination } from './destinations.ts';
import type { FleetState } from './fleet.ts';
import type { PlannedDropsState } from './planned-drops.ts';
import type { PrintFigures } from './prints.ts';
import type { Readiness } from './readiness.ts';
import type {
  Alert,
  BoxSnapshot,
  DropFaults,
  DropState,
  EventsState,
  ModemMaintenance,
  PowerPhase,
  UplinkFigures,
} from './snapshot.ts';
import type { UpdateState } from './update.ts';

/** What does not change while the box runs. */
export type BoxFacts = Pick<BoxSnapshot, 'name' | 'version' | 'safeMode' | 'playerUrl'>;

type Configured = 'plannedLinks' | 'settingsFault' | 'camera' | 'drivers' | 'sound' | 'encoder';

/** What others keep and this only shows. */
export interface Sources {
  readonly startedAt: () => string;
  /** By the config that is in force. */
  readonly configured: () => Pick<BoxSnapshot, Configured>;
  readonly certificate: () => BoxSnapshot['certificate'];
  readonly drop: () => DropState;
  readonly dropFaults: () => DropFaults;
  readonly warnings: () => readonly Alert[];
  readonly events: () => EventsState | undefined;
  readonly prints: () => PrintFigures;
  readonly shop: () => BoxSnapshot['shop'];
  readonly plannedDrops: () => PlannedDropsState;
  readonly overlay: () => BoxSnapshot['overlay'];
  readonly update: () => UpdateState;
}

interface Readings {
  /** Where it is not what it was at the start. */
  readonly playerUrl?: string;
  readonly operatorUrl?: string;
  readonly hotspot?: BoxSnapshot['hotspot'];
  readonly networks?: BoxSnapshot['networks'];
  readonly media: MediaFigures | undefined;
  readonly levels: Levels | undefined;
  readonly uplink: UplinkFigures | undefined;
  readonly destinations?: readonly Destination[];
  readonly backfill?: BackfillFigures;
  readonly recording: BoxSnapshot['recording'];
  readonly battery: BatteryState;
  readonly power: PowerPhase;
  readonly shedLoads: BoxSnapshot['shedLoads'];
  readonly stuckButtons: readonly string[];
  readonly broker: BoxSnapshot['broker'];
  readonly sources: BoxSnapshot['sources'];
  readonly scan?: BoxSnapshot['scan'];
  readonly look?: BoxSnapshot['look'];
  readonly isCameraLocked: boolean;
  readonly printer: PrinterStatus;
  readonly modems: ModemsState;
  readonly modemMaintenance: readonly ModemMaintenance[];
  readonly system: SystemState | undefined;
  readonly readiness?: Readiness;
  readonly fleet?: FleetState | undefined;
}

const NOTHING_READ: Readings = {
  media: undefined,
  levels: undefined,
  uplink: undefined,
  recording: [],
  battery: { phase: 'absent' },
  power: 'normal',
  shedLoads: [],
  stuckButtons: [],
  broker: { phase: 'none' },
  sources: undefined,
  isCameraLocked: false,
  printer: { phase: 'absent' },
  modems: { phase: 'absent' },
  modemMaintenance: [],
  system: undefined,
};

/** Collects what children and devices report. Read by snapshot, so that readers cannot change it. */
export class BoxState {
  readonly #facts: BoxFacts;
  readonly #kept: Sources;
  #children: Readonly<Record<string, Supervised>> = {};
  #panelAway: Readonly<Record<string, string>> = {};
  #readings = NOTHING_READ;

  constructor(facts: BoxFacts, kept: Sources) {
    this.#facts = facts;
    this.#kept = kept;
  }

  setChild(name: string, supervised: Supervised): void {
    this.#children = { ...this.#children, [name]: supervised };
  }

  /** @param reason Undefined where it answers. */
  setPanelAway(part: string, reason: string | undefined): void {
    const { [part]: _before, ...others } = this.#panelAway;
    this.#panelAway = reason === undefined ? others : { ...others, [part]: reason };
  }

  set(readings: Partial<Readings>): void {
    this.#readings = { ...this.#readings, ...readings };
  }

  snapshot(): BoxSnapshot {
    return {
      ...this.#facts,
      ...this.#readings,
      ...this.#kept.configured(),
      startedAt: this.#kept.startedAt(),
      certificate: this.#kept.certificate(),
      drop: this.#kept.drop(),
      dropFaults: this.#kept.dropFaults(),
      warnings: this.#kept.warnings(),
      events: this.#kept.events(),
      prints: this.#kept.prints(),
      shop: this.#kept.shop(),
      plannedDrops: this.#kept.plannedDrops(),
      overlay: this.#kept.overlay(),
      update: this.#kept.update(),
      children: this.#children,
      panelAway: this.#panelAway,
    };
  }
}

/** A clock that is disciplined drifts by less; what steps by more was set. */
const MAX_DRIFT_MS = 2_000;

/**
 * Returns when the box was started (RFC 3339), by the clock as it is now: a Pi has none of its
 * own, and the network sets it minutes after the start.
 */
export function trackStartedAt(clock: Clock): () => string {
  const startedMs = clock.monotonicMs();
  let atMs = clock.wallMs();
  return () => {
    const nowMs = clock.wallMs() - (clock.monotonicMs() - startedMs);
    if (Math.abs(nowMs - atMs) > MAX_DRIFT_MS) atMs = nowMs;
    return new Date(atMs).toISOString();
  };
}
