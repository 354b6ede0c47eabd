/** Opens the first boot of a box: its hotspot, the set-up, and what both need. */
import { networkInterfaces, uptime } from 'node:os';
import { isModem } from '../../hal/network/interface-kind.ts';
import { PORTAL_PORT } from '../../hal/network/plan.ts';
import { pause } from '../../hal/os/async.ts';
import { WantedRestart } from '../../hal/os/supervise.ts';
import { runAll, type Task } from '../../hal/os/task.ts';
import { openNetworkManager } from '../../hal/wifi/network-manager.ts';
import type { Network } from '../../hal/wifi/port.ts';
import { certifiedHost } from '../../pipelines/http/tls-files.ts';
import { type Config, ownName } from '../config/config.ts';
import { hasChosenPin } from '../config/operator.ts';
import type { MediaPath } from '../media/media-path.ts';
import type { PrintCommand } from '../model/commands.ts';
import type { HotspotInfo } from '../model/hotspot.ts';
import { hasCamera } from '../model/phase.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { isOverCable } from './cable.ts';
import { type FoundDevices, findDevices, shareSearch } from './devices.ts';
import { HandOverWatch } from './hand-over.ts';
import { HOTSPOT_ADDRESS, Hotspot, type HotspotDeps } from './hotspot.ts';
import type { Ends } from './hotspot-clients.ts';
import { hotspotPassword } from './hotspot-password.ts';
import { type PreviewDeps, PreviewRun } from './preview-run.ts';
import { openSetUp, type SetUp } from './progress.ts';

/** The addresses follow a new network within that. */
const ADDRESS_MS = 4_000;
/** A slip takes some seconds; a printer without paper must not keep the box from its restart. */
const PRINT_MS = 20_000;

/**
 * Guests may be on the cable's network too: who owns the box is who has just plugged it in. Later
 * the box is switched off and on again, or set up by its hotspot.
 */
const CABLE_MS = 30 * 60_000;
/** A daemon that starts by then starts with the machine. */
const BOOTED_MS = 2 * 60_000;

export interface FirstBoot {
  readonly setUp: SetUp;
  readonly hotspot: Hotspot;
  readonly preview: PreviewRun;
  readonly handOver: HandOverWatch;
  /** How a phone joins it; undefined where the config forbids it. */
  readonly ownHotspot: () =>
    | { readonly login: HotspotInfo & { readonly password: string }; readonly isUp: boolean }
    | undefined;
  readonly devices: (signal: AbortSignal) => Promise<FoundDevices>;
  /** How a client that may own a new box comes: with the hotspot's password, or on its cable. */
  readonly nearBy: (ends: Ends) => 'hotspot' | 'cable' | undefined;
  /** Whether the config lets the box do this. */
  readonly isWanted: boolean;
  readonly run: Task;
}

export interface FirstBootDeps
  extends Omit<PreviewDeps, 'state' | 'mediaPath'>,
    Pick<HotspotDeps, 'clock' | 'log'> {
  readonly stateFolder: string;
  readonly live: { current(): Pick<Config, 'operator' | 'network'> };
  readonly mediaPath: PreviewDeps['mediaPath'] & Pick<MediaPath, 'leadPhones'>;
  readonly state: PreviewDeps['state'] & {
    set(change: { readonly hotspot: HotspotInfo | undefined }): void;
  };
  readonly snapshot: () => Pick<BoxSnapshot, 'drop' | 'readiness' | 'printer' | 'plannedLinks'>;
  readonly print: PrintCommand;
  /** Aborts when the box ends, with the reason where it is started again. */
  readonly untilEnd: AbortSignal;
  readonly settings: { restartForPending(): void };
  /** Left out: NetworkManager of this machine, and the port that phones ask. */
  readonly network?: Network;
  readonly portal?: { readonly address: string; readonly port: number };
  readonly findDevices?: (signal: AbortSignal) => Promise<FoundDevices>;
  readonly interfaces?: typeof networkInterfaces;
  /** Whether an interface leads to a modem or a phone; left out: what the kernel says. */
  readonly isModem?: (name: string) => boolean;
  /** Since the machine was switched on. */
  readonly uptimeMs?: () => number;
}

export async function openFirstBoot(config: Config, deps: FirstBootDeps): Promise<FirstBoot> {
  const { stateFolder, clock, log, interfaces = networkInterfaces } = deps;
  const { uptimeMs = () => uptime() * 1_000 } = deps;
  // Other keys may be of an image or of a boot partition: nobody can sign in by those.
  const setUp = await openSetUp(stateFolder, !hasChosenPin(config.operator), log);
  // Whoever has switched it off and on has it in hand, whichever phone began.
  if (!hasChosenPin(config.operator) && uptimeMs() < BOOTED_MS) await setUp.forgetKey();
  const password = await hotspotPassword(stateFolder, log);
  const { network: wanted } = config;
  // Not its name, which the set-up changes: the label is printed before.
  const ssid = ownName();
  const portal = portalOf(deps);
  const ends = new AbortController();
  const print = openPrint(deps, ends.signal);
  const finished = async () => {
    // On paper where guests and crew find it, before the restart that the set-up may need.
    if (!(await pause(clock, ADDRESS_MS, ends.signal))) return;
    await Promise.race([print('address', 'status'), pause(clock, PRINT_MS, ends.signal)]);
    deps.settings.restartForPending();
  };
  let shown: HotspotInfo | undefined;
  const show = openShow(deps, setUp, () => print('address'));
  const hotspot = new Hotspot({
    ...{ setUp, ssid, password, portal },
    hasGuests: () => deps.live.current().network.guests.device !== '',
    ...factsOf(deps),
    network: deps.network ?? openNetworkManager(clock),
    onChange: (info) => {
      shown = info;
      show(info);
    },
    onFinished: () => void finished(),
    isRestarting: () => deps.untilEnd.reason instanceof WantedRestart,
    ...{ clock, log },
  });
  const preview = new PreviewRun(deps);
  const handOver = watchHandOver(deps, setUp, hotspot);
  const run: Task = async (signal) => {
    const tasks = [preview.run, ...(wanted.hotspot ? [hotspot.run, handOver.run] : [])];
    await runAll(tasks, signal).finally(() => ends.abort());
  };
  const devices = shareSearch(deps.findDevices ?? findDevices);
  const nearBy = openNearBy(setUp, hotspot, { interfaces, uptimeMs });
  const ownHotspot = () => {
    const info = { ...(shown ?? { ssid }), url: portal.pageUrl };
    return wanted.hotspot ? { login: { ...info, password }, isUp: shown !== undefined } : undefined;
  };
  return {
    setUp,
    hotspot,
    preview,
    handOver,
    ownHotspot,
    devices,
    nearBy,
    isWanted: wanted.hotspot,
    run,
  };
}

function openPrint({ snapshot, print }: FirstBootDeps, signal: AbortSignal) {
  return async (...documents: readonly ('address' | 'status')[]) => {
    if (snapshot().printer.phase === 'absent') return;
    await Promise.allSettled(documents.map((document) => print({ document }, false, signal)));
  };
}

function watchHandOver({ snapshot, clock }: FirstBootDeps, setUp: SetUp, hotspot: Hotspot) {
  const isUsed = () => hotspot.clients.hasPage || hasCamera(snapshot().drop.phase);
  return new HandOverWatch({ setUp, isUsed, finish: () => hotspot.finish(), clock });
}

function openNearBy(
  setUp: SetUp,
  hotspot: Hotspot,
  { interfaces, uptimeMs }: Required<Pick<FirstBootDeps, 'interfaces' | 'uptimeMs'>>,
): FirstBoot['nearBy'] {
  // Once the PIN that the box has made is known, others on the cable need it too.
  const isCableOpen = () => !setUp.progress.isPinKnown && uptimeMs() < CABLE_MS;
  return (ends) => {
    if (hotspot.clients.use(ends)) return 'hotspot';
    return isCableOpen() && isOverCable(ends, hotspot.network, interfaces()) ? 'cable' : undefined;
  };
}

/** On paper once: after the set-up it opens again and again where its network is not. */
function openShow(
  { state, mediaPath }: FirstBootDeps,
  setUp: SetUp,
  print: () => Promise<void>,
): HotspotDeps['onChange'] {
  const known = new Set<string>();
  return (info) => {
    state.set({ hotspot: info });
    mediaPath.leadPhones(info?.url);
    if (info === undefined) return;
    const news = `${info.why} ${info.notJoined}`;
    if (!setUp.isFinished || !known.has(news)) void print();
    known.add(news);
  };
}

function factsOf(deps: FirstBootDeps): Pick<HotspotDeps, 'isOnAir' | 'modems'> {
  const { snapshot, isModem: isOfModem = isModem } = deps;
  return {
    isOnAir: () => hasCamera(snapshot().drop.phase),
    // A card in the venue's network may be one of the links, too.
    modems: () =>
      (snapshot().plannedLinks ?? []).flatMap(({ device }) =>
        device !== undefined && isOfModem(device) ? device : [],
      ),
  };
}

/**
 * Its page is where the settings have it now. A phone's window for a portal goes past no warning of
 * a certificate, and all names lead to the box on its hotspot: one of those that the certificate has.
 */
function portalOf({ portal, live }: FirstBootDeps) {
  const { address, port } = portal ?? { address: HOTSPOT_ADDRESS, port: PORTAL_PORT };
  return {
    ...{ address, port },
    get pageUrl() {
      const { tls, port: own } = live.current().operator;
      if (tls === undefined) return `http://${address}:${own}/`;
      return `https://${certifiedHost(tls.cert_file, address) ?? address}:${own}/`;
    },
  };
}
