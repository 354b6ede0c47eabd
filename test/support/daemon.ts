/** Chooses how tests start the daemon: built, where that is current, or from its sources. */
import { readdirSync, statSync } from 'node:fs';

/** Arguments for Node. The built program starts in a third of the CPU time. */
export const DAEMON: readonly string[] = isBuilt()
  ? ['dist/daemon/main.js']
  : ['--import', 'tsx', 'daemon/main.ts'];

/** Whether dist/ is younger than every source, as scripts/setup.sh has it. */
function isBuilt(): boolean {
  const builtMs = changedMs('dist/.built');
  return ['daemon', 'pipelines', 'hal']
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
    )
    .concat('package.json', 'package-lock.json', 'scripts/build.mjs', 'scripts/bundling.mjs')
    .every((path) => changedMs(path) <= builtMs);
}

function changedMs(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}
