/** Handles what the uplink process reports. */
import type { ClockAndLog } from '../../hal/os/log.ts';
import type { LinkSnapshot } from '../../pipelines/bond/core/snapshot.ts';
import type { UsedData } from '../../pipelines/uplink/links.ts';
import type { FromUplink, LinksMessage } from '../../pipelines/uplink/messages.ts';
import type { UplinkConfig } from '../config/uplink.ts';
import type { UplinkFigures } from '../model/snapshot.ts';
import type { UnitConsumer } from './children/unit-consumer.ts';
import { type BesideUse, besideOf } from './data-use.ts';
import type { DataUseStore } from './data-use-store.ts';
import { usedData, wantedLinks } from './uplink-settings.ts';

export interface UplinkDeps extends ClockAndLog {
  readonly dataUse: DataUseStore;
  readonly child: () => Pick<UnitConsumer<LinksMessage>, 'send'>;
  /** The use of data budgets that the process was given last. */
  readonly given: () => UsedData;
  /** The encoder's bitrate from now on. */
  readonly onTarget: (targetBps: number) => void;
  readonly onFigures: (figures: UplinkFigures) => void;
}

/** Figures go to the snapshot, target bitrates to the encoder. */
export function openUplinkMessages(
  config: UplinkConfig,
  { clock, log, dataUse, child, given, onTarget, onFigures }: UplinkDeps,
): (message: FromUplink) => void {
  let phase: UplinkFigures['phase'] | undefined;
  let beside = totalOf(dataUse.useAt(clock.wallMs()));
  return (message) => {
    if (message.type === 'target') onTarget(message.targetBps);
    if (message.type !== 'figures') return;
    const wallMs = clock.wallMs();
    const isNewMonth = dataUse.note(message.bond?.links ?? [], wallMs);
    const use = dataUse.useAt(wallMs);
    const figures = renderFigures(message, config, use);
    onFigures(figures);
    if (figures.phase !== phase) {
      phase = figures.phase;
      log.info('uplink phase changed', {
        phase,
        ...(figures.reason === undefined ? {} : { reason: figures.reason }),
      });
    }
    const hasOtherUseChanged = Math.abs(totalOf(use) - beside) >= BESIDE_STEP_BYTES;
    if (!isNewMonth && !hasOtherUseChanged) return;
    beside = totalOf(use);
    if (isNewMonth) log.info('data use: new month', { month: use.month });
    // With the use that it was given its counts go on.
    const used = isNewMonth ? usedData(use) : given();
    child().send({ type: 'links', links: wantedLinks(config, use), used });
  };
}

/** Back-fill and destinations leave less of the budgets: the links get it in such steps. */
const BESIDE_STEP_BYTES = 1_000_000;

function totalOf(use: BesideUse): number {
  return Object.values(besideOf(use)).reduce((sum, bytes) => sum + bytes, 0);
}

type Figures = Extract<FromUplink, { type: 'figures' }>;

/** Why there is no connection, or nothing arrives, from what is nearest to the box on. Holds no moving figures. */
function reasonOf({ srt, bond, failure, missing }: Figures): string | undefined {
  if (srt.phase === 'connected') {
    return srt.isDataLost === true
      ? 'the receiver replies, but no data arrives: large packets may be lost on the way (MTU)'
      : undefined;
  }
  if (srt.refusal !== undefined) return srt.refusal;
  const links = bond?.links ?? [];
  if (links.some(({ state, isSpent }) => state === 'active' && !isSpent))
    return 'the relay answers, the SRT receiver behind it does not yet';
  const gone = missing.length > 0 ? [`not there: ${missing.join(', ')}`] : [];
  const spent = links.filter(({ isSpent }) => isSpent).map(({ id }) => `${id}: budget used up`);
  const out = links
    .filter(({ state, isSpent }) => state === 'out' && !isSpent)
    .map(({ id, reason }) => `${id}: ${reason}`);
  const all = [...gone, ...spent, ...out].join('; ');
  return failure ?? (all === '' ? 'no answer yet' : all);
}

/** A link that the bond cannot open, shown as out, and why. */
function goneLink(id: string): LinkSnapshot {
  return {
    id,
    state: 'out',
    reason: 'its interface or address is not there',
    isEnabled: true,
    isBackup: false,
    isSpent: false,
    lossPct: 0,
    inFlightPackets: 0,
    inFlightBytes: 0,
    windowBytes: 0,
    sharePct: 0,
    bitrateBps: 0,
    capacityBps: 0,
    provenBps: 0,
    sentPacketsTotal: 0,
    sentBytesTotal: 0,
    receivedBytesTotal: 0,
    lostPacketsTotal: 0,
    stallsTotal: 0,
    usedBytes: 0,
  };
}

function renderFigures(figures: Figures, config: UplinkConfig, use: BesideUse): UplinkFigures {
  const { srt, targetBps, bond, missing, blockedAtMs } = figures;
  const reason = reasonOf(figures);
  const beside = besideOf(use);
  const withBeside = (link: LinkSnapshot): LinkSnapshot => ({
    ...link,
    usedBytes: link.usedBytes + (beside[link.id] ?? 0),
  });
  return {
    phase: srt.phase,
    ...(reason === undefined ? {} : { reason }),
    targetBps: targetBps ?? config.bitrate_bps,
    bitrateBps: srt.sentBps,
    ...(srt.rttMs === undefined
      ? {}
      : {
          srt: {
            rttMs: srt.rttMs,
            latencyMs: srt.latencyMs ?? config.latency_ms,
            retransmittedTotal: srt.retransmittedTotal,
            droppedTotal: srt.droppedTotal,
          },
        }),
    ...(bond === undefined
      ? {}
      : {
          bond: { ...bond, links: [...bond.links, ...missing.map(goneLink)].map(withBeside) },
        }),
    ...(blockedAtMs === undefined ? {} : { blockedAtMs }),
    missingLinks: missing,
  };
}
