/** Finds the imports that break the table of imports, by dependency-cruiser. */
import { cruise } from 'dependency-cruiser';
import type { Check } from './limits.ts';
import { config } from './rules.ts';

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

/** Of the folders daemon, pipelines and hal below the working directory. */
export async function findViolations(
  forbidden: typeof config.forbidden = config.forbidden,
): Promise<readonly Violation[]> {
  const { output } = await cruise(['daemon', 'pipelines', 'hal'], {
    ...config.options,
    ruleSet: { forbidden },
    validate: true,
  });
  if (typeof output === 'string') throw new Error(output);
  return output.summary.violations as unknown as readonly Violation[];
}

export function checkImports(violations: readonly Violation[]): readonly Check[] {
  const isCycle = ({ rule: { name } }: Violation) => name.startsWith('a cycle of ');
  const isPackage = ({ rule: { name } }: Violation) => name.includes('package');
  const list = (chosen: readonly Violation[]) =>
    chosen.map(({ from, to, rule }) => `${from} -> ${to} (${rule.name})`);
  const others = violations.filter((one) => !isCycle(one) && !isPackage(one));
  return [
    { what: 'imports against the table (arrows up)', found: list(others) },
    { what: 'import cycles', found: list(violations.filter(isCycle)) },
    {
      what: 'packages outside their file',
      found: list(violations.filter((one) => !isCycle(one) && isPackage(one))),
    },
  ];
}
