/** A venue for a chaos run: a box with two small disks, guests, a crew, a broker and a far end. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask } from '../../daemon/cli/control/client.ts';
import type { BoxSnapshot } from '../../daemon/model/snapshot.ts';
import { startMosquitto } from '../../test/daemon/mqtt/support/mosquitto.ts';
import { type Box, commandOf, until } from '../../test/support/box.ts';
import { openSettableBox, type SettableBox } from '../../test/support/faults/faults.ts';
import { freePort, freeUdpPort } from '../../test/support/free-port.ts';
import {
  type LoopVolume,
  openLoopVolume,
  openVolume,
  type SmallVolume,
} from '../../test/support/volume.ts';
import { descendantsOf } from '../bench/processes.ts';
import { type BrokerProxy, openBrokerProxy } from './broker-proxy.ts';
import { type Buyer, openBuyer } from './buyer.ts';
import { type FarEnd, openFarEnd } from './far-end.ts';
import { Watcher } from './watcher.ts';

/** The programs of a box, by the folder of their entry point. */
export type Child = 'media' | 'capture' | 'source' | 'uplink' | 'recording' | 'clips' | 'whep';

export interface Venue extends AsyncDisposable {
  readonly box: Box;
  readonly settable: SettableBox;
  readonly broker: BrokerProxy;
  readonly farEnd: FarEnd;
  readonly watchers: readonly Watcher[];
  readonly buyer: Buyer;
  /** Where the first recording goes; undefined where nothing can be mounted. */
  readonly card: SmallVolume | undefined;
  readonly usb: LoopVolume | undefined;
  readonly state: SmallVolume | undefined;
  /** Folders of the recordings. */
  readonly folders: readonly string[];
  childrenOf(child: Child): readonly number[];
  status(): Promise<BoxSnapshot>;
}

const DISK_BYTES = 48_000_000;
const STATE_BYTES = 24_000_000;
const ANSWER_MS = 10_000;

export async function openVenue(): Promise<Venue> {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-chaos-'));
  const opened = new Opened();
  try {
    return await fillVenue(folder, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** What was opened, closed in the opposite order. */
class Opened {
  readonly #closing: (() => unknown)[] = [];

  use<T extends AsyncDisposable | undefined>(one: T): T {
    this.#closing.push(() => one?.[Symbol.asyncDispose]());
    return one;
  }

  defer(close: () => unknown): void {
    this.#closing.push(close);
  }

  async close(): Promise<void> {
    for (const close of this.#closing.splice(0).toReversed()) await close();
  }
}

async function fillVenue(folder: string, opened: Opened): Promise<Venue> {
  opened.defer(() => rmSync(folder, { recursive: true, force: true }));
  const card = opened.use(await openVolume(DISK_BYTES));
  const state = opened.use(await openVolume(STATE_BYTES));
  const usb = opened.use(await openLoopVolume());
  const folders = [card?.folder ?? join(folder, 'card'), usb?.folder ?? join(folder, 'usb')];
  const mosquitto = opened.use(await startMosquitto());
  const broker = opened.use(await openBrokerProxy(mosquitto.port));
  const farEnd = opened.use(await openFarEnd(folder, await freePort(), await freePort()));
  // A folder that others may write to, as the mount itself, takes no control socket.
  const stateFolder = join(state?.folder ?? folder, 'state');
  mkdirSync(stateFolder, { mode: 0o700 });
  const settable = opened.use(
    await openSettableBox(
      [...settingsOf(folders, broker, farEnd), `viewers.whep.port=${await freeUdpPort()}`],
      stateFolder,
    ),
  );
  const { box } = settable;
  const status = () => statusOf(box);
  await box.ready();
  let seen = 'it did not answer';
  const isLive = async () => {
    seen = await status().then(({ drop }) => JSON.stringify(drop), String);
    return seen.includes('"live"');
  };
  await until(isLive, 90_000, () => `${box.output()}\n${seen}`);
  const stop = new AbortController();
  const watchers = ['mid', 'low', 'audio'].map(
    (rendition) => new Watcher(`${box.url}/live/${rendition}/index.m3u8`),
  );
  const buyer = openBuyer(box);
  const running = [...watchers, buyer].map((guest) => guest.run(stop.signal));
  opened.defer(async () => {
    stop.abort();
    await Promise.all(running);
  });
  return {
    ...{ box, settable, broker, farEnd, watchers, buyer, card, usb, state, folders, status },
    childrenOf: (child) =>
      descendantsOf(box.pid).filter((pid) => commandOf(pid).includes(`pipelines/${child}/main`)),
    [Symbol.asyncDispose]: () => opened.close(),
  };
}

function settingsOf(
  [card = '', usb = '']: readonly string[],
  { port }: BrokerProxy,
  { port: relayPort }: FarEnd,
): readonly string[] {
  const disk = 'reserve_mb: 8, reserve_pct: 1, policy: oldest-first';
  const links = '[{id: a, address: 127.0.0.2}, {id: b, address: 127.0.0.3}]';
  const srt = 'rendition: low, bitrate_bps: 450000, min_bitrate_bps: 450000, latency_ms: 1000';
  return [
    `recording.targets=[{id: card, folder: "${card}", ${disk}}, {id: usb, folder: "${usb}", own_volume: true, ${disk}}]`,
    'clips={folder: clips, max_mb: 50, reserve_mb: 1, length_s: 5, poster_every_s: 10}',
    `mqtt.url=mqtt://127.0.0.1:${port}`,
    'mqtt.spool_mb=4',
    `uplink={host: 127.0.0.1, port: ${relayPort}, ${srt}, links: ${links}}`,
    'drop.id=chaos',
    'drop.catalogue=[{id: print, name: Print, price: 100, currency: EUR, edition: 100000}]',
    // Its roll would be empty within minutes.
    'printer.driver=none',
    'log.level=info',
  ];
}

/** As `venuebox status`, without a process of its own. */
async function statusOf(box: Box): Promise<BoxSnapshot> {
  const socket = join(box.folder, 'control.sock');
  for await (const answer of ask([socket], { ask: 'status' }, AbortSignal.timeout(ANSWER_MS))) {
    if (answer.type === 'snapshot') return answer.snapshot;
    throw new Error(JSON.stringify(answer));
  }
  throw new Error('the box did not answer');
}
