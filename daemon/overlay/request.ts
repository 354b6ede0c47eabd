/** Checks the arguments of the command `overlay`. Pure. */
import * as v from 'valibot';
import { SIZE_MAX_PCT } from '../../pipelines/overlay/code-sprite.ts';
import { CORNERS } from '../../pipelines/overlay/layout.ts';
import { codeFault } from '../config/drop.ts';
import type { OverlayContent } from '../model/overlay.ts';

const SIZE_MIN_PCT = 10;
const SHOW_MAX_S = 86_400;

const numberFrom = (min: number, max: number) => {
  const message = `must be a number from ${min} to ${max}`;
  return v.pipe(v.number(message), v.minValue(min, message), v.maxValue(max, message));
};
const line = v.pipe(
  v.union([v.string(), v.pipe(v.number(), v.transform(String))], 'must be text'),
  v.maxLength(80, 'must be 80 characters at most'),
);

const schema = v.strictObject({
  code: v.optional(v.string('must be text')),
  corner: v.optional(v.picklist(CORNERS, `must be one of: ${CORNERS.join(', ')}`)),
  size: v.optional(numberFrom(SIZE_MIN_PCT, SIZE_MAX_PCT)),
  for_s: v.optional(numberFrom(0, SHOW_MAX_S)),
  title: v.optional(line),
  name: v.optional(line),
  line: v.optional(line),
});

export interface OverlayRequest {
  readonly content: Partial<OverlayContent>;
  /** The code goes after so long; 0: it stays. */
  readonly forS: number;
}

/**
 * What the arguments ask for, or what is wrong with them in one line.
 *
 * @param hosts To which the code may lead.
 */
export function parseOverlayRequest(
  args: Readonly<Record<string, unknown>>,
  hosts: readonly string[],
): OverlayRequest | string {
  const parsed = v.safeParse(schema, args);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const key = v.getDotPath(issue) ?? 'the arguments';
    const isUnknown = issue.type === 'strict_object' && issue.expected === 'never';
    return isUnknown ? `overlay takes no ${key}` : `${key}: ${issue.message}`;
  }
  const { size, for_s = 0, ...others } = parsed.output;
  const { code } = others;
  const fault = code === undefined ? undefined : codeFault(code, hosts);
  if (fault !== undefined) return `code: ${fault}`;
  const given = Object.entries({ ...others, sizePct: size }).filter(([, one]) => one !== undefined);
  return { content: Object.fromEntries(given), forS: for_s };
}

type Arguments = Readonly<Record<string, unknown>>;

/** What was asked for before a restart. A code whose host is refused by now takes no text with it. */
export function parseSavedRequest(
  args: Arguments,
  hosts: readonly string[],
): { readonly args: Arguments; readonly request: OverlayRequest } | undefined {
  const { code: _, for_s: _forS, ...texts } = args;
  for (const one of [args, texts]) {
    const request = parseOverlayRequest(one, hosts);
    if (typeof request === 'object') return { args: one, request };
  }
  return undefined;
}
