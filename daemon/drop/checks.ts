/** The checks before a drop. */
import type { BatteryState } from '../../hal/battery/port.ts';
import { SILENCE_DBFS } from '../../pipelines/media/levels.ts';
import { clockNeeds } from '../health/machine-rules.ts';
import { describeShared, sharedDisks } from '../health/recording-rules.ts';
import { sourceAdvice } from '../health/source-words.ts';
import {
  batteryLevel,
  isClockUnset,
  isPartLate,
  isRecordingShort,
  soundLevel,
} from '../health/thresholds.ts';
import { framesFlow } from '../model/freshness.ts';
import { renderDuration } from '../model/rounding.ts';
import type { BoxSnapshot, PlannedLink, RecordingTarget } from '../model/snapshot.ts';

/**
 * Of one check, each a pure function of the box. A `fail` keeps the box from going
 * live unless it is forced; a `warn` is shown.
 */
export interface CheckResult {
  readonly name: CheckName;
  readonly verdict: 'pass' | 'warn' | 'fail';
  /** What was seen, with its figures. */
  readonly evidence: string;
  /** What a person can do; empty where nothing is wrong. */
  readonly advice: string;
}

export type CheckName = 'camera' | 'encoder' | 'sound' | 'battery' | 'disk' | 'links' | 'clock';

type Finding = Omit<CheckResult, 'name'>;

const CHECKS: Readonly<Record<CheckName, (box: BoxSnapshot) => Finding>> = {
  camera: checkCamera,
  encoder: checkEncoder,
  sound: checkSound,
  battery: ({ battery }) => checkBattery(battery),
  disk: checkDisk,
  links: checkLinks,
  clock: checkClock,
};

/** Names of the checks, in the order in which they are shown. */
export const CHECK_NAMES = Object.keys(CHECKS) as readonly CheckName[];

export function runChecks(box: BoxSnapshot): readonly CheckResult[] {
  return CHECK_NAMES.map((name) => ({ name, ...CHECKS[name](box) }));
}

/** One line for each check that keeps the box from going live. */
export function failuresOf(results: readonly CheckResult[]): readonly string[] {
  return results
    .filter(({ verdict }) => verdict === 'fail')
    .map(({ name, evidence }) => `${name}: ${evidence}`);
}

const pass = (evidence: string): Finding => ({ verdict: 'pass', evidence, advice: '' });
const warn = (evidence: string, advice: string): Finding => ({ verdict: 'warn', evidence, advice });
const fail = (evidence: string, advice: string): Finding => ({ verdict: 'fail', evidence, advice });

/** Of the one that is on air, where there are two. */
function checkCamera(box: BoxSnapshot): Finding {
  const { children, drivers, sources } = box;
  const capture = children['capture'];
  if (capture === undefined || capture.phase === 'stopped') {
    return fail('the encoder does not run', 'Wait a few seconds.');
  }
  const isSecond = sources?.camera.second?.isOnAir === true;
  const camera = isSecond ? 'camera 2' : box.camera;
  const id = isSecond ? 'camera2' : 'camera';
  const child = children[id];
  const isRunning = capture.phase === 'running' && child?.phase === 'running';
  const hasFrames = framesFlow(box) && sources?.camera.phase === 'live';
  if (isRunning && hasFrames) {
    const isFirstThere =
      children['camera']?.phase === 'running' && (sources?.camera.framesPerS ?? 0) > 0;
    return isSecond && !isFirstThere
      ? warn(`frames from ${camera}; camera 1 is away`, sourceAdvice('camera', drivers))
      : pass(`frames from ${camera}`);
  }
  // It is restarted every two seconds: between two failures it runs, and the last one is known.
  const reason = child?.lastFailure ?? capture.lastFailure;
  const why = reason === undefined ? '' : `: ${reason.slice(0, 160)}`;
  const what = isRunning && why === '' ? `no frames from ${camera}` : `${camera} does not start`;
  return fail(`${what}${why}`, sourceAdvice(id, drivers));
}

function checkEncoder({ encoder, media, system }: BoxSnapshot): Finding {
  const lag = media?.partLagMs;
  if (lag !== undefined && isPartLate(lag.p95)) {
    return warn(
      `${encoder} is late: one part in twenty by ${Math.round(lag.p95)} ms`,
      'Use a smaller picture or fewer renditions.',
    );
  }
  if (system?.throttling?.isSlowed === true) {
    return warn(
      `${encoder} runs, and the processor is slowed down`,
      'Check cooling and power supply.',
    );
  }
  return pass(encoder);
}

function checkSound({ drivers, sound, levels, warnings, sources }: BoxSnapshot): Finding {
  if (sound === 'none') return pass('no sound is configured');
  if (sources?.sound?.phase === 'silent') {
    return warn(`no sound from ${sound}`, sourceAdvice('sound', drivers));
  }
  const alert = warnings.find(({ key }) => key.startsWith('sound-'));
  if (alert !== undefined) return warn(alert.text, alert.advice);
  if (levels === undefined) return warn('no level was measured', sourceAdvice('sound', drivers));
  const loudest = Math.max(SILENCE_DBFS, ...levels.peakDbfs);
  const figure = `peak ${loudest.toFixed(1)} dBFS`;
  switch (soundLevel(levels.peakDbfs)) {
    case 'silent':
      return warn(
        `silence, ${figure}`,
        'Have someone play, and check cables, gain and phantom power.',
      );
    case 'clipped':
      return warn(`too loud, ${figure}`, 'Turn the gain down.');
    case 'good':
      return pass(figure);
  }
}

function checkBattery(battery: BatteryState): Finding {
  if (battery.phase === 'absent') return pass('mains only');
  if (battery.phase === 'unknown') {
    return warn(`unknown: ${battery.reason}`, 'Stay on mains; check the battery board.');
  }
  const { chargePct, mains, timeLeftS } = battery;
  if (chargePct === undefined) return warn('charge unknown', 'Stay on mains.');
  const left = timeLeftS === undefined ? '' : `, ${Math.round(timeLeftS / 60)} min left`;
  const figure = `${Math.round(chargePct)} %${left}, mains ${mains}`;
  const level = batteryLevel(battery);
  if (level === 'good') return pass(figure);
  return level === 'empty'
    ? fail(figure, 'Plug in the mains.')
    : warn(figure, 'Plug in the mains.');
}

function checkDisk({ recording }: BoxSnapshot): Finding {
  if (recording.length === 0) return pass('no recording is configured');
  const failed = recording.filter(({ phase }) => phase === 'failed');
  const reasons = failed.map(({ id, reason }) => `${id}: ${reason ?? 'failed'}`).join(', ');
  const advice = 'Check the disk; without it nothing is recorded there.';
  if (failed.length === recording.length) return fail(reasons, advice);
  if (failed.length > 0) return warn(reasons, advice);
  const left = ({ id, remainingS }: RecordingTarget) =>
    remainingS === undefined ? id : `${id}: ${renderDuration(remainingS)} left`;
  const short = recording.filter(isRecordingShort);
  if (short.length > 0) {
    return warn(short.map(left).join(', '), 'Free some space, or take another disk.');
  }
  const shared = describeShared(sharedDisks(recording));
  if (shared !== undefined) return warn(shared, 'Give one of them a disk of its own.');
  const only = recording.length === 1 ? '; there is no second copy' : '';
  return pass(`${recording.map(left).join(', ')}${only}`);
}

function checkLinks(box: BoxSnapshot): Finding {
  const { uplink, plannedLinks } = box;
  if (uplink === undefined || uplink.phase === 'off') {
    return plannedLinks === undefined
      ? pass('no uplink is configured')
      : checkPlannedLinks(box, plannedLinks);
  }
  if (uplink.phase === 'connecting') {
    const why = uplink.reason === undefined ? '' : `: ${uplink.reason}`;
    return warn(`the uplink is not connected${why}`, 'The room can watch; check the links.');
  }
  const links = uplink.bond?.links.filter(({ isEnabled }) => isEnabled) ?? [];
  const active = links.filter(({ state }) => state === 'active');
  const figure = links.length === 0 ? 'connected' : `${active.length} of ${links.length} links`;
  return links.length > 0 && active.length < links.length
    ? warn(figure, 'Check the links that are down.')
    : pass(figure);
}

/** Before a drop nothing goes upstream: what can be seen is whether the links are there. */
function checkPlannedLinks({ system }: BoxSnapshot, links: readonly PlannedLink[]): Finding {
  // A carrier may give IPv6 only; addresses of an interface's own making are not among these.
  const up = system?.interfaces.filter(({ isUp, addresses }) => isUp && addresses.length > 0);
  if (up === undefined) return warn('links not known yet', 'Wait a few seconds.');
  const later = 'the uplink is tried when the drop begins';
  if (links.length === 0) {
    return up.some(({ name }) => name !== 'lo')
      ? pass(`a network is there; ${later}`)
      : warn('no network has an address', 'The room can watch; plug a network in.');
  }
  const isThere = ({ device, address }: PlannedLink) =>
    up.some(
      ({ name, addresses }) =>
        (device === undefined || name === device) &&
        (address === undefined || addresses.includes(address)),
    );
  const away = links.filter((link) => !isThere(link)).map(({ id }) => id);
  const figure = `${links.length - away.length} of ${links.length} links are there`;
  return away.length === 0
    ? pass(`${figure}; ${later}`)
    : warn(`${figure}; missing: ${away.join(', ')}`, 'Check their modems and cables.');
}

function checkClock(box: BoxSnapshot): Finding {
  const { system } = box;
  const advice = 'Connect the box to a network with a time server.';
  if (system === undefined || system.clock.phase === 'unknown') {
    return warn('clock not known yet', advice);
  }
  return isClockUnset(system)
    ? warn(`not synchronised; ${clockNeeds(box)}`, advice)
    : pass('synchronised');
}
