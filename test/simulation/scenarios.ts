/** All simulated worlds, by name. */
import { bondScenario } from './bond.ts';
import { dropScenario } from './drop.ts';
import { ledgerScenario } from './ledger.ts';
import { printsScenario } from './prints.ts';
import { recordingsScenario } from './recordings.ts';
import type { Scenario } from './scenario.ts';
import { spoolScenario } from './spool.ts';

/** Their actions differ; each draws its own. */
export const SCENARIOS: readonly Scenario<never>[] = [
  bondScenario,
  dropScenario,
  spoolScenario,
  ledgerScenario,
  recordingsScenario,
  printsScenario,
].map((scenario) => scenario as unknown as Scenario<never>);
