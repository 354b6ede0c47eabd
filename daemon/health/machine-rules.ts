/** Alerts of the computer itself: state, heat, supply, memory, disks, clock. */
import { localDay } from '../model/rounding.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import type { Finding, Rule } from './step.ts';
import {
  CLOCK_ADVICE,
  certificatePhase,
  isClockUnset,
  isDiskLow,
  isDiskWorn,
  isHot,
  isMemoryLow,
  isRecordingShort,
} from './thresholds.ts';

export const MACHINE_RULES: readonly Rule[] = [
  {
    key: 'state-not-kept',
    advice: 'Free some space on the system disk, or replace it.',
    dependsOn: ['disk-*-low'],
    find: ({ box: { dropFaults } }) =>
      dropFaults?.notSaved === undefined
        ? undefined
        : {
            text: dropFaults.notSaved.goesLive
              ? 'The ended drop would go live again at a restart'
              : 'The drop would not resume after a power failure',
            detail: `state not saved: ${dropFaults.notSaved.reason}`,
          },
  },
  {
    key: 'settings-not-used',
    advice: 'Open the settings, look through them, and apply what is missing.',
    find: ({ box: { settingsFault } }) =>
      settingsFault === undefined
        ? undefined
        : { text: 'The last settings could not be used', detail: settingsFault },
  },
  {
    key: 'certificate-expires',
    // A clock that is being set, or a renewal that is read again within a minute.
    afterMs: 90_000,
    advice:
      'Get a new one, and upload it in the settings under “Certificate for HTTPS”: browsers refuse one that has expired.',
    find: ({ box }) => {
      const phase = certificatePhase(box);
      if (phase === 'well') return undefined;
      const date = localDay(box.certificate?.untilMs ?? 0);
      return phase === 'expired'
        ? { text: `The certificate for HTTPS expired on ${date}`, severity: 'critical' }
        : { text: `The certificate for HTTPS expires on ${date}` };
    },
  },
  {
    key: 'safe-mode',
    severity: 'critical',
    advice: 'The reason is below. Restart the box to leave safe mode.',
    find: ({ box: { safeMode, dropFaults } }) =>
      safeMode === undefined
        ? undefined
        : {
            text: 'Safe mode: no picture, and no page for guests',
            detail: `${safeMode}${keptWords(dropFaults?.notResumed)}`,
          },
  },
  {
    key: 'update-went-back',
    severity: 'info',
    advice:
      'The box is running the previous version. Report this to the people who publish the updates.',
    find: ({ box: { update } }) =>
      update?.failed === undefined
        ? undefined
        : {
            text: 'The last update did not work',
            detail: `version ${update.failed.version}: ${update.failed.reason}`,
          },
  },
  {
    key: 'hot',
    afterMs: 30_000,
    holdMs: 30_000,
    advice: 'Give the box air, and keep it out of the sun.',
    find: ({ box: { system } }) =>
      system !== undefined && isHot(system)
        ? { text: 'The box is too hot', detail: 'processor temperature' }
        : undefined,
  },
  {
    key: 'throttled',
    afterMs: 10_000,
    holdMs: 30_000,
    advice: 'Check cooling and power supply; use fewer renditions if it stays.',
    dependsOn: ['hot', 'undervoltage'],
    find: ({ box: { system } }) =>
      system?.throttling?.isSlowed === true ? 'The processor is slowed down' : undefined,
  },
  {
    key: 'undervoltage',
    severity: 'critical',
    afterMs: 2_000,
    holdMs: 30_000,
    advice: 'Use a stronger power supply and a shorter, thicker cable.',
    find: ({ box: { system } }) =>
      system?.throttling?.isUnderVoltage === true
        ? { text: 'The power supply is too weak', detail: 'undervoltage' }
        : undefined,
  },
  {
    key: 'undervoltage-seen',
    severity: 'info',
    advice: 'Use a stronger power supply before the next drop.',
    dependsOn: ['undervoltage'],
    find: ({ box: { system } }) =>
      system?.throttling?.wasUnderVoltage === true && !system.throttling.isUnderVoltage
        ? { text: 'The power supply was too weak', detail: 'undervoltage since the start' }
        : undefined,
  },
  {
    key: 'memory-low',
    afterMs: 30_000,
    holdMs: 30_000,
    advice: 'Stop other programs, or lower viewers.window_s.',
    find: ({ box: { system } }) =>
      system !== undefined && isMemoryLow(system)
        ? { text: 'The box is almost out of memory', detail: 'less than 5 % is free' }
        : undefined,
  },
  {
    key: 'disk-*-low',
    afterMs: 5_000,
    holdMs: 60_000,
    advice: 'Free some space, or take another disk.',
    dependsOn: ['recording-*-full'],
    find: ({ box }) => lowDisks(box),
  },
  {
    key: 'disk-*-worn',
    advice: 'Replace it before it fails.',
    find: ({ box: { system } }) =>
      (system?.disks ?? []).filter(isDiskWorn).map(({ mount }) => ({
        id: diskId(mount),
        text: `Disk ${diskId(mount)} is worn out`,
        detail: mount,
      })),
  },
  {
    key: 'clock-unsynchronised',
    afterMs: 120_000,
    holdMs: 5_000,
    advice: CLOCK_ADVICE,
    find: ({ box, box: { system } }) =>
      system !== undefined && isClockUnset(system)
        ? { text: 'Clock not synchronised', detail: clockNeeds(box) }
        : undefined,
  },
];

function keptWords(dropId: string | undefined): string {
  if (dropId === undefined) return '';
  return `; the drop ${dropId} goes on if the box is restarted in time (drop.resume_within_s), the command “end” gives it up`;
}

function diskId(mount: string): string {
  return mount === '/' ? 'root' : mount;
}

/** Each disk once: by the recording that it is short for, or else by where it is mounted. */
function lowDisks({ system, recording }: BoxSnapshot): readonly Finding[] {
  const disks = system?.disks ?? [];
  const mountOf = (folder: string) =>
    disks
      .map(({ mount }) => mount)
      .filter((mount) => folder === mount || folder.startsWith(mount === '/' ? '/' : `${mount}/`))
      .toSorted((a, b) => b.length - a.length)[0];
  const short = recording.filter(isRecordingShort);
  const full = recording.filter(({ failure }) => failure === 'full' || failure === 'others');
  const covered = new Set([...short, ...full].map(({ folder }) => mountOf(folder)));
  return [
    ...short.map(({ id, folder }) => ({
      id,
      text: `Disk ${id} has room for less than half an hour`,
      detail: folder,
    })),
    ...disks
      .filter((disk) => isDiskLow(disk) && !covered.has(disk.mount))
      .map(({ mount }) => ({
        id: diskId(mount),
        text: `Disk ${diskId(mount)} is nearly full`,
        detail: mount,
      })),
  ];
}

/**
 * What of the box goes by the time of day: it is not certain until the clock is synchronised. How
 * long the box was off, times of sessions and of presses go by clocks that are never set.
 */
export function clockNeeds({ plannedDrops, shop, recording }: BoxSnapshot): string {
  const isPlanned = (plannedDrops?.shown.startsAt ?? '') !== '';
  const needs = [
    ...(isPlanned ? ['the start of the next drop'] : []),
    ...(recording.length > 0 ? ['times of recordings'] : []),
    ...(shop === undefined ? [] : ['times of orders, and signed ones that seem late are put off']),
    'certificates',
  ];
  return `not certain: ${needs.join(', ')}`;
}
