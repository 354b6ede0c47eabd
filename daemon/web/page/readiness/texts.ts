/** Rehearsal and survey in a line each. Pure. */
import type { Checklist, Rehearsal, Spread, Survey } from '../../../model/readiness.ts';
import { formatBps, formatMinute, formatMs, formatSpan } from '../ui/format.ts';

const VERDICTS = { pass: 'all well', warn: 'look at some lines', fail: 'not ready' } as const;

export function checklistText({ taken, verdict, lines }: Checklist, nowMs: number): string {
  const count = (wanted: string) => lines.filter((line) => line.verdict === wanted).length;
  const figures = `${count('pass')} ok, ${count('warn')} to look at, ${count('fail')} failed`;
  return `Checklist at ${formatMinute(Date.parse(taken), nowMs)}: ${VERDICTS[verdict]} (${figures}).`;
}

const RESULTS = { pass: 'passed', fail: 'failed', ended: 'ended early' } as const;

export function rehearsalText(rehearsal: Rehearsal, nowMs: number): string {
  const { started, verdict, reason, viewer, drill } = rehearsal;
  const at = formatMinute(Date.parse(started), nowMs);
  const p95 = viewer?.latency_s.p95;
  const late = p95 === undefined || p95 === null ? '' : `, ${formatMs(p95 * 1000)} behind for 95 %`;
  const stalls = viewer === null ? '' : `, ${viewer.stalls} stalls`;
  const heir = drill?.taken_over_by;
  const switched =
    heir === undefined || heir === null ? '' : `, ${heir} took over from ${drill?.link ?? ''}`;
  const why = reason === null ? '' : ` (${reason})`;
  return `Rehearsal at ${at} ${RESULTS[verdict]}${why}${late}${stalls}${switched}.`;
}

export function surveyText({ started, lasted_s, samples }: Survey, nowMs: number): string {
  const at = formatMinute(Date.parse(started), nowMs);
  return `Survey from ${at}, ${formatSpan(lasted_s)}, ${samples} samples:`;
}

/** A name and a figure for each thing that the survey saw. */
export function surveyRows(survey: Survey): readonly (readonly [string, string | undefined])[] {
  const { links, light_ratio, sound_dbfs, wifi, notes } = survey;
  return [
    ...links.map(({ id, tech, rsrp_dbm, rtt_s, throughput_bps }) => {
      const parts = [
        tech ?? undefined,
        shown(rsrp_dbm, (dbm) => `${dbm} dBm`),
        shown(rtt_s, (s) => formatMs(s * 1000)),
        shown(throughput_bps, formatBps),
      ];
      return [id, parts.filter((part) => part !== undefined).join(', ') || 'nothing seen'] as const;
    }),
    ['Light', shown(light_ratio, (ratio) => `${Math.round(ratio * 100)} %`)],
    ['Sound', shown(sound_dbfs, (dbfs) => `${dbfs} dBFS`)],
    ['Wi-Fi', wifi === null ? 'this box cannot see it' : `${wifi.length} networks`],
    ['Notes', notes.length === 0 ? undefined : notes.join('; ')],
  ];
}

function shown(spread: Spread | null, show: (value: number) => string): string | undefined {
  if (spread === null) return undefined;
  const { min, p50, max } = spread;
  return min === max ? show(p50) : `${show(p50)} (${show(min)} to ${show(max)})`;
}
