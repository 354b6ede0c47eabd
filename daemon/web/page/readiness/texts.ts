/** Rehearsal and survey in a line each. Pure. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { Checklist, Rehearsal, Spread, Survey } from '../../../model/readiness.ts';
import { fromCheck, stageTexts, planTexts as text } from '../text/texts.ts';
import { formatBps, formatMinute, formatMs, formatSpan } from '../ui/format.ts';

const VERDICTS = { pass: text.allGood, warn: text.lookAtSome, fail: text.notReady } as const;

export function checklistText({ taken, verdict, lines }: Checklist, nowMs: number): string {
  const count = (wanted: string) => String(lines.filter((line) => line.verdict === wanted).length);
  return fill(text.checklistAt, {
    time: formatMinute(Date.parse(taken), nowMs),
    verdict: VERDICTS[verdict],
    passed: count('pass'),
    warned: count('warn'),
    failed: count('fail'),
  });
}

const RESULTS = { pass: text.passed, fail: text.failed, ended: text.endedEarly } as const;

export function rehearsalText(rehearsal: Rehearsal, nowMs: number): string {
  const { started, verdict, reason, viewer, drill } = rehearsal;
  const p95 = viewer?.latency_s.p95;
  const nextLink = drill?.taken_over_by;
  const figures = [
    ...(p95 === undefined || p95 === null
      ? []
      : [fill(text.mostlyBehind, { time: formatMs(p95 * 1000) })]),
    ...(viewer === null ? [] : [fill(text.stalls, { count: String(viewer.stalls) })]),
    ...(nextLink === undefined || nextLink === null
      ? []
      : [fill(text.tookOver, { link: nextLink, other: drill?.link ?? '' })]),
  ];
  const why = reason === null ? '' : ` (${fromCheck(reason)})`;
  return fill(text.rehearsalAt, {
    time: formatMinute(Date.parse(started), nowMs),
    result: RESULTS[verdict],
    figures: [why, ...figures].join(', '),
  });
}

export function surveyText({ started, lasted_s, samples }: Survey, nowMs: number): string {
  return fill(text.surveyFrom, {
    time: formatMinute(Date.parse(started), nowMs),
    length: formatSpan(lasted_s),
    count: String(samples),
  });
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
      return [
        id,
        parts.filter((part) => part !== undefined).join(', ') || text.nothingSeen,
      ] as const;
    }),
    [text.light, shown(light_ratio, (ratio) => `${Math.round(ratio * 100)} %`)],
    [stageTexts.sound, shown(sound_dbfs, (dbfs) => `${dbfs} dBFS`)],
    [
      text.wifi,
      wifi === null ? text.cannotSeeWifi : fill(text.networks, { count: String(wifi.length) }),
    ],
    [text.notes, notes.length === 0 ? undefined : notes.map(fromCheck).join('; ')],
  ];
}

function shown(spread: Spread | null, show: (value: number) => string): string | undefined {
  if (spread === null) return undefined;
  const { min, p50, max } = spread;
  if (min === max) return show(p50);
  return fill(text.range, { typical: show(p50), least: show(min), most: show(max) });
}
