/** The box as one of a fleet: what it publishes to the others, what it knows of them, and the leader's drop. */
import { join } from 'node:path';
import { pause } from '../../hal/os/async.ts';
import { parseAs } from '../../hal/os/files/json.ts';
import type { ClockAndLog } from '../../hal/os/log.ts';
import type { Task } from '../../hal/os/task.ts';
import type { Config } from '../config/config.ts';
import type { DropsCommand } from '../model/commands.ts';
import {
  type FleetMessage,
  type FleetState,
  posterMessage,
  type SharedDrop,
} from '../model/fleet.ts';
import { hasCamera } from '../model/phase.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { Follower } from './follower.ts';
import { LeaderDropStore } from './leader-drop-store.ts';
import { FLEET_FILTERS, type FleetIncoming, Members } from './members.ts';
import { ownMessage } from './own-message.ts';
import { openOwnPoster } from './own-poster.ts';
import type { FleetPictures } from './pictures.ts';

/** What a fleet needs of its box. */
export interface FleetOwner extends ClockAndLog {
  readonly snapshot: () => BoxSnapshot;
  readonly drops: { readonly command: DropsCommand };
  readonly fleetPictures: FleetPictures;
  readonly stateFolder: string;
}

interface Deps extends FleetOwner {
  /** Undefined: the box is in no fleet. */
  readonly onFleet: (state: FleetState | undefined) => void;
  readonly pages: () => { readonly operator?: string };
}

const EVERY_MS = 1_000;
const POSTER_EVERY_MS = 30_000;
/** The first one takes some seconds. */
const POSTER_RETRY_MS = 5_000;
/** Base64, its envelope, and some room. */
const POSTER_MESSAGE_BYTES_MAX = 40_000;

/** Undefined where the box is in no fleet. */
export function openFleet(config: Config, deps: Deps): Fleet | undefined {
  if (config.fleet.name !== '') return new Fleet(config, deps);
  deps.onFleet(undefined);
  return undefined;
}

class Fleet {
  readonly filters = FLEET_FILTERS;
  readonly #config: Config;
  readonly #deps: Deps;
  readonly #name: string;
  readonly #members: Members;
  #isConnected = false;
  #fault: string | undefined;
  #nextPosterMs = Number.NEGATIVE_INFINITY;

  constructor(config: Config, deps: Deps) {
    this.#config = config;
    this.#deps = deps;
    this.#name = config.box.name;
    this.#members = new Members(config.fleet.name, this.#name);
  }

  /** For the other boxes. */
  bodies() {
    const { fleetPictures } = this.#deps;
    const bytes = fleetPictures.ofBox(this.#name);
    const { name: fleet } = this.#config.fleet;
    const type = 'image/jpeg' as const;
    return {
      fleet: this.#own(),
      ...(bytes && { poster: { fleet, type, data: bytes.toString('base64') } }),
    };
  }

  receive(message: FleetIncoming): void {
    const box = this.#members.receive(message, this.#now());
    if (box !== undefined) this.#receivePoster(box, message.payload);
  }

  connected(isConnected: boolean): void {
    this.#isConnected = isConnected;
    if (isConnected) this.#members.connected();
  }

  /** Follows the leader, and reports the fleet, until `signal` aborts. */
  readonly run: Task = async (signal) => {
    const { stateFolder, drops, snapshot, clock, log } = this.#deps;
    const follower = new Follower({
      command: drops.command,
      plannedDrops: () => snapshot().plannedDrops,
      taken: await LeaderDropStore.open(join(stateFolder, 'fleet.json')),
      isPrepared: () => hasCamera(snapshot().drop.phase),
      nowMs: () => clock.monotonicMs(),
      log,
    });
    const ownPoster = openOwnPoster(this.#config, () => clock.wallMs());
    do {
      await follower.follow(this.#leadersDrop());
      this.#fault = follower.fault;
      await this.#takePoster(ownPoster, signal);
      this.#report();
    } while (await pause(clock, EVERY_MS, signal));
  };

  /** Undefined on the leader itself, and where each box has its own. */
  #leadersDrop(): SharedDrop | null | undefined {
    const { fleet, edge } = this.#config;
    const isFollower = fleet.leader !== '' && fleet.leader !== this.#name;
    // An edge shows the drop of its upstream.
    return isFollower && edge.upstream === '' ? this.#members.dropOf(fleet.leader) : undefined;
  }

  #report(): void {
    const { fleetPictures, onFleet } = this.#deps;
    const { name, leader } = this.#config.fleet;
    const { fleet: _, leader: _leader, ...own } = this.#own();
    const isLeader = leader === this.#name;
    const drop = isLeader ? own.drop : this.#members.dropOf(leader);
    const others = this.#members.list(this.#now());
    const boxes = [{ name: this.#name, isOwn: true, isAway: false, ...own }, ...others];
    fleetPictures.keepOnly((box) => boxes.some((one) => one.name === box));
    onFleet({
      ...{ name, leader, isConnected: this.#isConnected, leftOut: this.#members.leftOut },
      ...(drop && { drop }),
      ...(this.#fault !== undefined && { fault: this.#fault }),
      boxes: boxes.map((box) => {
        const picture = box.phase === 'live' ? fleetPictures.idOf(box.name) : undefined;
        return picture === undefined ? box : { ...box, picture };
      }),
    });
  }

  /** While live; after that the last one is of no use. */
  async #takePoster(
    ownPoster: (signal: AbortSignal) => Promise<Buffer | undefined>,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, fleetPictures, snapshot } = this.#deps;
    const nowMs = clock.monotonicMs();
    if (snapshot().drop.phase !== 'live')
      return fleetPictures.keepOnly((box) => box !== this.#name);
    const isShed = snapshot().shedLoads.some(({ load }) => load === 'previews');
    if (isShed || nowMs < this.#nextPosterMs) return;
    const bytes = await ownPoster(signal);
    this.#nextPosterMs = nowMs + (bytes === undefined ? POSTER_RETRY_MS : POSTER_EVERY_MS);
    if (bytes !== undefined) fleetPictures.set(this.#name, bytes);
  }

  #receivePoster(box: string, payload: Buffer): void {
    if (payload.length > POSTER_MESSAGE_BYTES_MAX) return;
    const message = parseAs(posterMessage, payload.toString());
    if (message?.fleet !== this.#config.fleet.name) return;
    this.#deps.fleetPictures.set(box, Buffer.from(message.data, 'base64'));
  }

  #own(): FleetMessage {
    const { snapshot, clock, pages } = this.#deps;
    return ownMessage(this.#config.fleet, snapshot(), clock.wallMs(), pages().operator);
  }

  #now() {
    const { clock } = this.#deps;
    return { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() };
  }
}
