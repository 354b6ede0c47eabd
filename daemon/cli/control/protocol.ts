/** Requests and answers of the control socket: one JSON object a line. */
import * as v from 'valibot';
import { parseJson } from '../../../hal/os/files/json.ts';
import { type Outcome, type Progress, VERBS } from '../../model/commands.ts';
import { type BoxSnapshot, DROP_PHASES } from '../../model/snapshot.ts';

/**
 * One JSON object a line, both ways. A connection asks one thing after the
 * other; each request is answered before the next one is read.
 */
const requestSchema = v.variant('ask', [
  v.strictObject({ ask: v.literal('status') }),
  v.strictObject({ ask: v.literal('preview'), document: v.pipe(v.string(), v.maxLength(64)) }),
  v.strictObject({
    ask: v.literal('watch'),
    everyMs: v.optional(v.pipe(v.number(), v.minValue(200), v.maxValue(60_000)), 1000),
  }),
  v.strictObject({
    ask: v.literal('cmd'),
    verb: v.picklist(VERBS),
    args: v.optional(v.record(v.string(), v.unknown()), {}),
    expect: v.optional(v.picklist(DROP_PHASES)),
    isDryRun: v.optional(v.boolean(), false),
  }),
]);

export type Request = v.InferOutput<typeof requestSchema>;
export type RequestInput = v.InferInput<typeof requestSchema>;

export type Answer =
  | { readonly type: 'snapshot'; readonly snapshot: BoxSnapshot }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'outcome'; readonly outcome: Outcome }
  /** A slip as it would be printed: a PNG, base64. */
  | { readonly type: 'preview'; readonly png: string }
  /** The request cannot be understood, or the box takes no more. */
  | { readonly type: 'error'; readonly message: string };

/** A request, or what is wrong with the line. */
export function parseRequest(line: string): Request | string {
  const json = parseJson(line);
  if (json === undefined) return 'not a line of JSON';
  const result = v.safeParse(requestSchema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  return `${path === null ? '' : `${path}: `}${issue.message}`;
}

export function renderLine(message: Answer | RequestInput): string {
  return `${JSON.stringify(message)}\n`;
}
