/** Runs the print command: a document by its name. */
import type { Clock } from '../../hal/os/clock.ts';
import { HalError } from '../../hal/os/errors.ts';
import type { Printer } from '../../hal/printer/port.ts';
import type { Outcome, PrintCommand } from '../model/commands.ts';
import type { BoxSnapshot, PrintFigures } from '../model/snapshot.ts';
import {
  DOCUMENT_NAMES,
  type DocumentFacts,
  type DocumentName,
  renderDocument,
} from './print-documents.ts';

export interface PrintingDeps extends DocumentFacts {
  readonly printer: Printer;
  readonly snapshot: () => BoxSnapshot;
  readonly clock: Clock;
}

export interface Printing {
  readonly print: PrintCommand;
  figures(): PrintFigures;
}

export function openPrinting(deps: PrintingDeps): Printing {
  const { printer, snapshot, clock } = deps;
  let figures: PrintFigures = { waiting: 0, printedTotal: 0, failedTotal: 0 };
  const count = (name: keyof PrintFigures, by = 1) => {
    figures = { ...figures, [name]: figures[name] + by };
  };
  return {
    figures: () => figures,
    print: async (args, isDryRun, signal): Promise<Outcome> => {
      const name = args['document'] ?? 'of that name';
      if (!isDocumentName(name)) {
        const detail = `no document ${String(name).slice(0, 40)}; choose one of: ${DOCUMENT_NAMES.join(', ')}`;
        return { status: 'rejected', code: 'UNSUPPORTED', detail };
      }
      const shed = snapshot().shedLoads.find(({ load }) => load === 'printer');
      if (shed !== undefined) {
        const detail = `${shed.text}, to save the battery; plug in the mains`;
        return { status: 'rejected', code: 'SAVING_POWER', detail };
      }
      if (isDryRun) return { status: 'done', detail: `would print ${name}` };
      const document = renderDocument(name, deps, snapshot(), clock.wallMs());
      count('waiting');
      const printed = await printer
        .print(document, signal)
        .catch(refusalOf)
        .finally(() => count('waiting', -1));
      const isOut = 'outcome' in printed && ['printed', 'sent'].includes(printed.outcome);
      count(isOut ? 'printedTotal' : 'failedTotal');
      if ('status' in printed) return printed;
      if (printed.outcome === 'failed') {
        return { status: 'failed', code: 'NOT_PRINTED', detail: printed.reason };
      }
      if (printed.outcome === 'unknown') {
        const detail = `perhaps printed: look (${printed.reason})`;
        return { status: 'failed', code: 'NOT_KNOWN', detail };
      }
      return { status: 'done', detail: `${name} is ${printed.outcome}` };
    },
  };
}

/** A full queue is an outcome; other errors are rethrown. */
function refusalOf(error: unknown): Outcome {
  if (!(error instanceof HalError)) throw error;
  return { status: 'failed', code: error.code, detail: error.message };
}

function isDocumentName(name: unknown): name is DocumentName {
  return (DOCUMENT_NAMES as readonly unknown[]).includes(name);
}
