/** Opens printing: the command, the queue, previews, and the tickets of orders. */
import { join, resolve } from 'node:path';
import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import { runAll, type Task } from '../../hal/os/task.ts';
import type { PrintDocument, Printer } from '../../hal/printer/port.ts';
import { PRINTER_PROFILES, type PrinterProfile } from '../../hal/printer/profiles.ts';
import { readDocumentCodes, renderPaperPng } from '../../hal/printer/verify.ts';
import type { Config } from '../config/config.ts';
import type { Outcome, PrintCommand } from '../model/commands.ts';
import type { ConfirmedOrders } from '../model/orders.ts';
import type { PrintFigures, PrintJobInfo } from '../model/prints.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { type Card, type CardSource, openCard } from './card-facts.ts';
import { type Claim, renderClaim } from './claim.ts';
import { type ClaimKeys, openClaimKeys, renderVerifyPage } from './claim-key.ts';
import { contentOf, renderDocument, wifiSlip } from './documents.ts';
import { openHour } from './hour.ts';
import { done, infoOf, isDone, isOpen, type PrintJob } from './job.ts';
import { type OwnHotspot, renderJoinSlip } from './join-slip.ts';
import { cancelledOrder, runOrderTickets } from './order-tickets.ts';
import { openPrintCommand, refusal } from './print-command.ts';
import { PrintQueue } from './queue.ts';
import { renderSticker } from './sticker.ts';
import { findDamaged, openPrintStore } from './store.ts';
import { type SlipWords, translatorIn, wordsIn } from './text/words.ts';
import { renderTicket } from './ticket.ts';

export interface PrintingDeps {
  readonly printer: Printer;
  readonly orders: ConfirmedOrders;
  readonly stateFolder: string;
  readonly snapshot: () => BoxSnapshot;
  /** The drop that is on, or the next one: of the list where that has one. */
  readonly drops: { present(): Config['drop']; justEnded(): Config['drop'] | undefined };
  /** While it is up the address slip shows the way into it. Undefined for a box without one. */
  readonly ownHotspot?: () => OwnHotspot | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Slips, for the operator's page and the command line. */
export interface Prints {
  /** Those that wait, are to be looked at, or were printed lately; the newest last. */
  jobs(): readonly PrintJobInfo[];
  /** A PNG of the paper: of a slip by its id, or of a document by its name; or a file, by its own. Undefined where there is none. */
  preview(name: string): Promise<Buffer | undefined>;
  /** Prints a slip once more, marked as a copy. */
  reprint(id: string): Promise<Outcome>;
  /** A person has looked at an uncertain slip: it was printed. */
  resolve(id: string): Promise<Outcome>;
}

export interface Printing extends Prints {
  readonly print: PrintCommand;
  readonly queue: PrintQueue;
  /** The code of the guests' address, read off its paper; undefined where none can be read. */
  readPageCode(): Promise<string | undefined>;
  figures(): PrintFigures;
  readonly run: Task;
}

/** The crew sheet for a printer of pages, as a preview. */
const CARD_PDF = 'card.pdf';
/** For the case of the box: how a phone gets to the set-up. */
const LABEL_PDF = 'label.pdf';
/** Beside the code of the page, on a screen for guests. */
const WIFI = 'wifi';
/** Verifies claim stubs without a network, on the phone that saved it. */
const VERIFY_PAGE = 'stubs.html';
/** As it is when something is printed. */
export type PrintingConfig = Pick<Config, 'printer'> & { readonly current: () => CardSource };

/** On the page, of those that are done; the store has some more. */
const SHOWN = 24;

/** A person can do something about each that is open: none of them is hidden by later ones. */
function shownOf(jobs: readonly PrintJob[]): readonly PrintJob[] {
  const done = new Set(jobs.filter((job) => !isOpen(job)).slice(-SHOWN));
  return jobs.filter((job) => isOpen(job) || done.has(job));
}

export async function openPrinting(config: PrintingConfig, deps: PrintingDeps): Promise<Printing> {
  const { stateFolder, snapshot, drops, log } = deps;
  const folder = join(stateFolder, 'prints');
  const keys = await openClaimKeys(stateFolder, log);
  const faults = openFaults([...(await findDamaged(folder)), ...keys.damaged]);
  const store = await openPrintStore(folder, log, faults);
  const card = openCard(() => ({ ...config.current(), drop: drops.present() }), deps);
  const now = () => ({ keys, card, words: wordsIn(config.current().box.language) });
  const render = async (job: Pick<PrintJob, 'content' | 'copy'>) => {
    const reason = cancelledOrder(job, deps.orders);
    if (reason !== undefined) throw new Error(reason);
    return renderContent(job, config, deps, now());
  };
  const pausedBy = () => {
    const shed = snapshot().shedLoads.find(({ load }) => load === 'printer');
    return shed === undefined ? undefined : `${shed.text}, to save the battery; plug in the mains`;
  };
  const hour = openHour(config, deps);
  const queue = new PrintQueue({ ...deps, ...hour, store, render, pausedBy });
  const profile = () => PRINTER_PROFILES[config.printer.profile];
  return {
    queue,
    print: openPrintCommand({ ...deps, config, queue, pausedBy }),
    figures: () => ({ ...queue.figures(), ...faults.figures() }),
    run: async (signal) => {
      const isOn = config.printer.order_tickets && config.printer.driver !== 'none';
      const tickets = { ...deps, ...faults, queue, folder, isOn };
      await runAll([queue.run.bind(queue), (ending) => runOrderTickets(tickets, ending)], signal);
    },
    jobs: () => shownOf(queue.jobs()).map(infoOf),
    preview: async (name) => {
      const job = queue.find(name) ?? contentOf(name, config);
      if (job === undefined) return await renderFile(name, deps, now(), profile());
      return await renderPaperPng(await render(job), profile());
    },
    readPageCode: async () => {
      const paper = await render({ content: { document: 'address' }, copy: 1 });
      // The other one of the two is that of the Wi-Fi.
      return (await readDocumentCodes(paper, profile())).find((code) => !code.startsWith('WIFI:'));
    },
    reprint: async (id) => {
      const job = queue.find(id);
      if (job === undefined || !isDone(job)) return rejected('it is not printed yet, or gone');
      const reason = cancelledOrder(job, deps.orders);
      if (reason !== undefined) return rejected(reason);
      const copies = queue.jobs().filter((other) => baseOf(other.id) === baseOf(id));
      const copy = Math.max(...copies.map((other) => other.copy)) + 1;
      const again = `${baseOf(id)}-copy-${copy}`;
      return await added(() => queue.add(again, job.title, job.content, copy));
    },
    resolve: async (id) => {
      const job = await queue.resolve(id);
      return job === undefined
        ? rejected('it is not uncertain any more')
        : done(job, 'noted as printed');
    },
  };
}

/** What is wrong with tickets, for the alerts. */
function openFaults(earlier: readonly string[]) {
  const damaged = new Set(earlier);
  let held: PrintFigures['held'];
  return {
    onDamaged: (file: string) => void damaged.add(file),
    onHeld: (now: PrintFigures['held']) => {
      held = now;
    },
    figures: () => ({ damaged: [...damaged], ...(held && { held }) }),
  };
}

interface Rendering {
  readonly keys: ClaimKeys;
  readonly card: Card;
  readonly words: SlipWords;
}

/** What is no slip; undefined for any other name, and for what this box has not. */
async function renderFile(
  name: string,
  deps: PrintingDeps,
  { keys, card, words }: Rendering,
  profile: PrinterProfile,
): Promise<Buffer | undefined> {
  switch (name) {
    case CARD_PDF:
      return await card.pdf();
    case LABEL_PDF: {
      const login = deps.ownHotspot?.()?.login;
      if (login === undefined) return undefined;
      return await (await import('./label-pdf.ts')).renderLabelPdf(login, words.text);
    }
    case VERIFY_PAGE:
      return Buffer.from(await renderVerifyPage(keys.publicKey));
    case WIFI: {
      const slip = wifiSlip(card.wifi(), words.text);
      return slip && (await renderPaperPng(slip, profile));
    }
    default:
      return undefined;
  }
}

const baseOf = (id: string) => id.replace(/-copy-\d+$/, '');

async function renderContent(
  { content, copy }: Pick<PrintJob, 'content' | 'copy'>,
  { printer, current }: PrintingConfig,
  { stateFolder, snapshot, drops, ownHotspot, clock }: PrintingDeps,
  { keys: { privateKey }, card, words }: Rendering,
): Promise<PrintDocument> {
  const hotspot = content.document === 'address' ? ownHotspot?.() : undefined;
  if (hotspot?.isUp === true) return renderJoinSlip(hotspot.login, words.text);
  const { id, title } = drops.present();
  const { widthDots } = PRINTER_PROFILES[printer.profile];
  switch (content.document) {
    case 'address':
    case 'status':
    case 'preflight':
    case 'rehearsal':
    case 'survey': {
      const translator = await translatorIn(current().box.language);
      const facts = { title, wifi: card.wifi(), words, translator };
      return renderDocument(content.document, facts, snapshot(), clock.wallMs());
    }
    case 'card':
      return card.slip();
    case 'sticker':
      return renderSticker(resolve(stateFolder, printer.sticker_file), widthDots);
    case 'ticket': {
      // An order of another drop: never under the title of the one that is on.
      const { order, slip } = content;
      const ofDrop = content.title ?? (order.drop === id ? title : order.drop);
      const sign = (claim: Claim) => renderClaim(claim, privateKey);
      return renderTicket(order, { title: ofDrop, copy, slip, words }, sign);
    }
  }
}

async function added(add: () => Promise<PrintJob>): Promise<Outcome> {
  try {
    return done(await add(), 'it is printed once more');
  } catch (error) {
    return refusal(error);
  }
}

function rejected(detail: string): Outcome {
  return { status: 'rejected', code: 'BAD_ARGUMENTS', detail };
}
