/** `venuebox ticket`: verifies claim stubs, and makes the page that does so without a network. */
import { writeFile } from 'node:fs/promises';
import { HalError, halErrorOf } from '../../hal/os/errors.ts';
import { messageOf } from '../../hal/os/log.ts';
import { stateFolder } from '../config/files/state-folder.ts';
import { type Verdict, verifyClaim } from '../printing/claim.ts';
import { keyFileOf, readClaimKeys, renderVerifyPage } from '../printing/claim-key.ts';
import { UsageError } from './usage.ts';

export type TicketArguments = (
  | { readonly action: 'verify'; readonly code: string }
  | { readonly action: 'page' }
) & { readonly key?: string; readonly out: string };

/** @throws UsageError */
export function ticketCommand(
  [action, code]: readonly string[],
  key: string | undefined,
  out = 'tickets.html',
): TicketArguments & { readonly verb: 'ticket' } {
  return {
    verb: 'ticket',
    ...ticketAction(action, code),
    out,
    ...(key === undefined ? {} : { key }),
  };
}

function ticketAction(action: string | undefined, code: string | undefined) {
  if (action === 'page') return { action } as const;
  if (action !== 'verify') {
    throw new UsageError('ticket needs what to do: verify CODE, or page', 'ticket');
  }
  if (code === undefined) {
    throw new UsageError('ticket verify needs the text of a QR code, VB1.…', 'ticket');
  }
  return { action, code } as const;
}

/** Rejects with HalError where key or page cannot be read, and with UsageError where the page cannot be written. */
export async function runTicketCommand(
  command: TicketArguments,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly text: string; readonly isValid: boolean }> {
  const path = command.key ?? keyFileOf(stateFolder(env));
  const { publicKey } = await readClaimKeys(path).catch((error: unknown) => {
    const advice = 'name the box’s ticket-key.pem with --key, as its user';
    throw new HalError(halErrorOf(error, path).code, `${path}: ${messageOf(error)}; ${advice}`);
  });
  if (command.action === 'verify') {
    const verdict = verifyClaim(command.code, publicKey);
    return { text: renderVerdict(verdict), isValid: verdict.isValid };
  }
  const page = await renderVerifyPage(publicKey);
  await writeFile(command.out, page).catch((error: unknown) => {
    throw new UsageError(`--out ${command.out}: ${messageOf(error)}`, 'ticket');
  });
  return {
    text: `saved in ${command.out}: open it on any phone, also without a network\n`,
    isValid: true,
  };
}

function renderVerdict(verdict: Verdict): string {
  if (!verdict.isValid) return `NOT VALID: ${verdict.reason}\n`;
  const { drop, orderId, itemId, number, piece, pieces, atS } = verdict.claim;
  const which = number === undefined ? '' : `, number ${number}`;
  const at = new Date(atS * 1000).toLocaleString('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  // Signed by the box, but with what a buyer wrote in it.
  const clean = (text: string) => text.replace(/\p{Cc}/gu, '?');
  const of = `piece ${piece} of ${pieces}, order ${clean(orderId)}, drop ${clean(drop)}, ${at}`;
  return `valid: ${clean(itemId)}${which}; ${of}\n`;
}
