/** Joins what the crew asks for: settings, files, support, sessions. */
import type { Notify } from '../../../hal/os/systemd/notify.ts';
import { uploadsFolder } from '../../../pipelines/player/brand/branding.ts';
import type { WhipEndpoint } from '../../../pipelines/whip/messages.ts';
import { examine } from '../../cli/doctor/doctor.ts';
import { PARTS, type Part, renderReport } from '../../cli/doctor/report.ts';
import type { PreviewRun } from '../../first-boot/preview-run.ts';
import type { Commander, Outcome } from '../../model/commands.ts';
import type { DropReport } from '../../model/drop-report.ts';
import type { OrderList } from '../../model/orders.ts';
import type { BoxSnapshot, DropPhase } from '../../model/snapshot.ts';
import { certificateFile } from '../../settings/certificates.ts';
import type { LiveConfig } from '../../settings/live-config.ts';
import type { Settings } from '../../settings/settings.ts';
import type { LogTail } from '../log-tail.ts';
import { CrewAnswers } from './answers.ts';
import { BrandingAnswers } from './branding-answers.ts';
import { BrandingStore } from './branding-store.ts';
import { type BrokerTestDeps, testBroker } from './broker-test.ts';
import { CertificateAnswers } from './certificate-answers.ts';
import { CertificateStore } from './certificate-store.ts';
import { saveDropFile } from './drop-files.ts';
import { Library } from './library.ts';
import { LibraryAnswers } from './library-answers.ts';
import { SessionList, type SessionListDeps } from './session-list.ts';
import { SettingsAnswers } from './settings-answers.ts';
import { renderSupport } from './support.ts';

export interface CrewBox extends BrokerTestDeps {
  readonly settings: Settings;
  readonly live: LiveConfig;
  readonly stateFolder: string;
  readonly snapshot: () => BoxSnapshot;
  readonly commander: Commander;
  readonly testUplink: () => Promise<Outcome>;
  readonly firstBoot?: { readonly preview: Pick<PreviewRun, 'want' | 'stop'> };
  readonly logTail: LogTail;
  /** Of the last drops. */
  readonly reports: { list(): readonly DropReport[] };
  /** What was ordered. */
  readonly service: OrderList;
  readonly forgetClips: (ids: readonly string[]) => void;
  /** Of a camera that comes by WHIP. */
  readonly whip?: () => Pick<WhipEndpoint, 'token'> | undefined;
  /** Of systemd, which starts the box again when it ends. */
  readonly notify: Pick<Notify, 'hasReceiver'>;
  /** Ends the box in good order. */
  readonly end: () => void;
}

/** What the doctor asks while a picture is on: the printer prints, and modems have links, then. */
export function partsFor(phase: DropPhase): readonly Part[] {
  return phase === 'idle' ? PARTS : PARTS.filter((part) => !BUSY.includes(part));
}

const BUSY: readonly Part[] = ['printer', 'modems'];

export function openCrew(
  box: CrewBox,
  sessions: SessionListDeps,
  signal: AbortSignal,
): CrewAnswers {
  const { live, stateFolder, snapshot, clock, notify, end } = box;
  const { forgetClips, logTail, reports } = box;
  const library = new Library({
    ...{ config: live.current, stateFolder, forgetClips },
    recording: () => snapshot().recording,
  });
  const doctor = async (stop: AbortSignal) => {
    const parts = partsFor(snapshot().drop.phase);
    const report = await examine(live.current(), stateFolder, parts, clock, stop);
    const text = renderReport(report, snapshot().playerUrl ?? '');
    const left = PARTS.filter((part) => !parts.includes(part)).join(', ');
    return left === '' ? text : `${text}\nNot asked during a drop: ${left}\n`;
  };
  const support = {
    ...{ snapshot, config: live.current, logTail, examine: doctor, clock },
    reports: reports.list.bind(reports),
  };
  const brandingFolder = () => live.current().drop.branding_folder;
  const look = new BrandingStore(uploadsFolder(stateFolder), brandingFolder);
  return new CrewAnswers({
    settings: new SettingsAnswers(box.settings),
    library: new LibraryAnswers(library),
    look: new BrandingAnswers(look, saveDropFile.bind(undefined, stateFolder)),
    certificate: new CertificateAnswers(openCertificates(box)),
    orders: box.service,
    sessions: new SessionList(sessions),
    logTail,
    commander: box.commander,
    testBroker: (stop) => testBroker(box, stop),
    testUplink: box.testUplink,
    preview: box.firstBoot?.preview,
    renderSupport: (stop) => renderSupport(support, stop),
    phase: () => snapshot().drop.phase,
    whip: box.whip ?? (() => undefined),
    restart: notify.hasReceiver ? end : undefined,
    signal,
  });
}

/** By a clock that is not synchronised yet a good certificate seems not valid. */
function openCertificates({ stateFolder, settings, live, snapshot, clock }: CrewBox) {
  const isSynchronised = () => snapshot().system?.clock.phase === 'synchronised';
  return new CertificateStore({
    ...{ file: certificateFile(stateFolder), settings, config: live.current },
    nowMs: () => (isSynchronised() ? clock.wallMs() : undefined),
  });
}
