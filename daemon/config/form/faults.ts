/** Checks the values of a config, and describes each fault for the file and for the page. */
import * as v from 'valibot';
import { type Config, configSchema } from '../config.ts';
import { describeIssues, type PathFault } from '../yaml/issues.ts';

/** The config of these values, with defaults and frozen; or all of their faults. */
export function checkValues(
  values: unknown,
): { readonly config: Config } | { readonly faults: readonly PathFault[] } {
  const result = v.safeParse(configSchema, values);
  if (result.success) return { config: deepFreeze(result.output) };
  return { faults: describeIssues(configSchema, values, result.issues, 'the config') };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const child of Object.values(value)) deepFreeze(child);
    Object.freeze(value);
  }
  return value;
}
