/** Epson Server Direct Print (TM-Intelligent Server Direct Print User's Manual, rev. E). */

import { packRows } from '../paper/picture.ts';
import type { Answer, Request } from './cloudprnt.ts';
import type { Job, Offer, Seen } from './offer.ts';

/** How long the printer itself tries, in ms. */
const PRINT_TIMEOUT_MS = 60_000;
/** It reports its state with a job only: after a fault the next one waits for a person. */
const HOLD_MS = 60_000;

/** Answers one request: `GetRequest` fetches a job, `SetResponse` reports on it. */
export function answerDirectPrint({ method, body }: Request, offer: Offer, nowMs: number): Answer {
  if (method !== 'POST') return { status: 405 };
  const form = new URLSearchParams(body);
  switch (form.get('ConnectionType')) {
    case 'GetRequest': {
      offer.seen(nowMs, {});
      const taken = offer.take(null);
      const type = 'text/xml; charset=utf-8';
      if (taken === undefined) return { status: 200, type, body: '' };
      return { status: 200, type, body: render(taken), taken };
    }
    case 'SetResponse':
      report(form.get('ResponseFile') ?? '', offer, nowMs);
      return { status: 200, type: 'text/xml; charset=utf-8', body: '' };
    case 'SetStatus':
      return { status: 200, type: 'text/xml; charset=utf-8', body: '' };
    default:
      return { status: 400 };
  }
}

/** Dots, so that no text of a guest is markup or a command. */
function render({ token, picture }: Job): string {
  const { width, height } = picture;
  const image = `<image width="${width}" height="${height}" color="color_1" mode="mono">${packRows(picture).toString('base64')}</image>`;
  return `<?xml version="1.0" encoding="utf-8"?>
<PrintRequestInfo Version="2.00"><ePOSPrint><Parameter><devid>local_printer</devid><timeout>${PRINT_TIMEOUT_MS}</timeout><printjobid>${token}</printjobid></Parameter><PrintData><epos-print xmlns="http://www.epson-pos.com/schemas/2011/03/epos-print">${image}<cut type="feed"/></epos-print></PrintData></ePOSPrint></PrintRequestInfo>
`;
}

const FAULTS: Readonly<Record<string, string>> = {
  EPTR_COVER_OPEN: 'its cover is open',
  EPTR_REC_EMPTY: 'it is out of paper',
  EPTR_CUTTER: 'the cutter is stuck',
  EPTR_MECHANICAL: 'a mechanical error',
  EPTR_UNRECOVERABLE: 'an error: switch the printer off and on',
  EX_TIMEOUT: 'it did not print in time',
};

function stateOf(code: string, fault: string): Seen {
  if (code === 'EPTR_REC_EMPTY') return { paper: 'out' };
  return code === 'EPTR_COVER_OPEN' ? { isCoverOpen: true } : { fault };
}

/** A known few attributes of XML that the printer made: each is matched where it can stand. */
function report(xml: string, offer: Offer, nowMs: number): void {
  const token = /<printjobid>([\w-]{1,40})<\/printjobid>/.exec(xml)?.[1] ?? '';
  const response = /<response\b[^>]{0,400}>/.exec(xml)?.[0] ?? '';
  const isPrinted = /\bsuccess="(?:true|1)"/.test(response);
  const code = /\bcode="([A-Za-z_]{0,40})"/.exec(response)?.[1] ?? '';
  const fault = isPrinted
    ? undefined
    : (FAULTS[code] ?? `the printer reports ${code || 'no success'}`);
  offer.seen(
    nowMs,
    fault === undefined ? {} : stateOf(code, fault),
    fault === undefined ? 0 : HOLD_MS,
  );
  offer.report(token, fault);
}
