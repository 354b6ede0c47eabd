/** Checks the arguments of commands. */
import * as v from 'valibot';
import type { Verb } from '../model/commands.ts';

/** What each verb takes. Everything comes from a peer. */
const NONE = v.strictObject({});
const shortText = (max: number) =>
  v.pipe(
    v.string('must be text'),
    v.minLength(1, 'must not be empty'),
    v.maxLength(max, `must be ${max} characters at most`),
  );

const flag = v.boolean('must be true or false');
const minutes = (max: number) => {
  const message = `must be a number up to ${max}`;
  return v.pipe(v.number(message), v.gtValue(0, message), v.maxValue(max, message));
};

const SCHEMAS = {
  arm: NONE,
  disarm: NONE,
  'go-live': v.strictObject({
    /** Although a check fails. */
    force: v.optional(flag, false),
  }),
  end: NONE,
  mark: v.strictObject({ label: v.optional(shortText(80)) }),
  /** Without the drill the uplink is left alone. */
  preflight: v.strictObject({ drill: v.optional(flag) }),
  rehearse: v.strictObject({ minutes: v.optional(minutes(10)), stop: v.optional(flag) }),
  survey: v.strictObject({ minutes: v.optional(minutes(1440)), stop: v.optional(flag) }),
  camera: v.strictObject({ camera: v.optional(v.picklist([1, 2], 'must be 1 or 2')) }),
  /** overlay/request.ts checks them. */
  overlay: v.looseObject({}),
  /** printing/print-command.ts knows which there are. */
  print: v.looseObject({ document: v.optional(shortText(40), '') }),
  /** orders/request.ts checks them. */
  order: v.looseObject({}),
  /** drops/command.ts checks them. */
  drops: v.looseObject({}),
  /** `from` is the command line's alone. */
  update: v.strictObject({
    version: v.optional(shortText(40)),
    from: v.optional(shortText(2_000)),
    back: v.optional(flag),
    stop: v.optional(flag),
    older: v.optional(flag),
  }),
  'shut-down': NONE,
} as const satisfies Readonly<Record<Verb, v.GenericSchema>>;

export interface CommandArguments {
  readonly isForced: boolean;
  readonly label?: string;
  readonly document: string;
  readonly camera?: 1 | 2;
}

/** The arguments of a verb, or what is wrong with them in one line. */
export function parseArguments(
  verb: Verb,
  args: Readonly<Record<string, unknown>>,
): CommandArguments | string {
  const result = v.safeParse(SCHEMAS[verb], args);
  if (!result.success) {
    const [issue] = result.issues;
    const key = v.getDotPath(issue) ?? 'the arguments';
    const isUnknown = issue.type === 'strict_object' && issue.expected === 'never';
    return isUnknown ? `${verb} takes no ${key}` : `${key}: ${issue.message}`;
  }
  const { force, label, document, camera } = result.output as {
    camera?: 1 | 2;
    force?: boolean;
    label?: string;
    document?: string;
  };
  return {
    isForced: force ?? false,
    document: document ?? '',
    ...(label === undefined ? {} : { label }),
    ...(camera === undefined ? {} : { camera }),
  };
}
