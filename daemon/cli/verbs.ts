/** The table of verbs and options: parsing, help and shell completion are made of it. */
import { VERBS } from '../model/commands.ts';
import { DROP_PHASES } from '../model/snapshot.ts';
import { PARTS } from './doctor/report.ts';
import { LEDGER_ACTIONS } from './ledger-command.ts';

export interface Option {
  readonly name: string;
  readonly short?: string;
  /** What stands after it, for example `FILE`; left out for a switch. */
  readonly value?: string;
  readonly isRepeatable?: boolean;
  readonly isRequired?: boolean;
  readonly help: string;
  readonly choices?: readonly string[];
}

export interface Verb {
  /** Words after the verb, for example `FILE` or `[PART...]`. */
  readonly operands: string;
  readonly summary: string;
  /** More of it, for `VERB --help`. */
  readonly details?: readonly string[];
  readonly options: readonly Option[];
  /** Words that can stand there, for completion. */
  readonly choices?: readonly string[];
}

const CONFIG: Option = { name: 'config', short: 'c', value: 'FILE', help: 'the config file' };
const REQUIRED_CONFIG: Option = { ...CONFIG, isRequired: true };
const SET: Option = {
  name: 'set',
  value: 'KEY=VALUE',
  isRepeatable: true,
  help: 'overrides a key of the config, for example viewers.port=9000; can be repeated',
};
const JSON_LINES: Option = { name: 'json', help: 'prints JSON, one object a line' };
const JSON_REPORT: Option = { name: 'json', help: 'prints one JSON object' };
const STATISTICS: Option = { name: 'json', help: 'prints statistics each second, as JSON' };
const SECRET_FILE: Option = {
  name: 'secret-file',
  value: 'FILE',
  help: 'a secret that both ends share, one line of 10 to 79 characters',
};
const STORE: readonly Option[] = [
  {
    name: 'store',
    value: 'FOLDER',
    help: 'also takes what boxes send later of what was missed (uplink.backfill), into this folder',
  },
  { name: 'store-listen', value: 'PORT', help: 'its TCP port, for HTTPS or HTTP' },
  {
    name: 'store-token-file',
    value: 'FILE',
    help: 'the token that boxes send, one line of 10 to 79 characters, readable by this user only',
  },
  { name: 'store-quota-gb', value: 'GB', help: 'what the folder may hold; 100 if not given' },
  { name: 'store-cert-file', value: 'FILE', help: 'certificate for HTTPS, PEM, with the chain' },
  { name: 'store-key-file', value: 'FILE', help: 'its key, PEM' },
];
const SOCKET: Option = {
  name: 'socket',
  value: 'PATH',
  help: 'the control socket of the box, if it is not found by itself',
};

const DRY_RUN: Option = { name: 'dry-run', help: 'only prints what the command would do' };

/** Taken by every verb. */
export const HELP_OPTION: Option = { name: 'help', short: 'h', help: 'prints this help' };
export const VERSION_OPTION: Option = { name: 'version', short: 'V', help: 'prints the version' };

export const VERB_TABLE = {
  run: { operands: '', summary: 'runs the box', options: [REQUIRED_CONFIG, SET] },
  demo: {
    operands: '',
    summary: 'runs a box with simulated hardware, live at once',
    options: [{ name: 'idle', help: 'does not go live by itself' }, SET],
  },
  check: {
    operands: 'FILE',
    summary: 'checks a config file and lists everything that is wrong with it',
    options: [CONFIG, SET],
  },
  doctor: {
    operands: '[PART...]',
    summary: 'lists the hardware of this machine, its state, and what to do about faults',
    details: [`Parts: ${PARTS.join(', ')}; all of them if none is named.`],
    options: [
      { ...CONFIG, help: 'examines the devices that this config names; else the default ones' },
      SET,
      JSON_REPORT,
    ],
    choices: PARTS,
  },
  sign: {
    operands: 'PATH',
    summary: 'prints a signed address of a poster or preview, for example of /posters/live-640',
    details: ['Needed only if clips.token_secret_file is set.'],
    options: [
      REQUIRED_CONFIG,
      { name: 'hours', value: 'N', help: 'how long the address is valid; 24 by default' },
      SET,
    ],
  },
  repair: {
    operands: 'FILE',
    summary: 'truncates a recording that ends inside a fragment, so that any player opens it',
    details: ['The box does so itself where it records; this is for files of older versions.'],
    options: [],
  },
  ledger: {
    operands: 'verify|export',
    summary: 'checks the ledger of the orders, or prints them as a table (CSV)',
    details: ['It changes nothing, and may run while the box does.'],
    options: [{ name: 'file', value: 'FILE', help: 'the ledger, if it is not found by itself' }],
    choices: LEDGER_ACTIONS,
  },
  status: {
    operands: '',
    summary: 'prints the state of the box on this machine',
    options: [JSON_LINES, { name: 'watch', help: 'prints it again each second' }, SOCKET],
  },
  preview: {
    operands: 'DOCUMENT',
    summary:
      'saves a picture of what would be printed: address, status, card, card.pdf, or a slip by its id',
    details: ['Also preflight, rehearsal, survey and sticker; card.pdf is a page of A5.'],
    options: [
      { name: 'out', value: 'FILE', help: 'the file to write; DOCUMENT.png by default' },
      SOCKET,
    ],
  },
  label: {
    operands: '',
    summary: 'saves the label of the box: codes for its own Wi-Fi and its page, 100 by 62 mm (PDF)',
    options: [
      { name: 'out', value: 'FILE', help: 'the file to write; label.pdf by default' },
      SOCKET,
    ],
  },
  ticket: {
    operands: 'verify|page [CODE]',
    summary: 'verifies a claim stub, or makes a page that does so on a phone without a network',
    details: [
      'ticket verify CODE       whether the text of a stub’s QR code was signed by this box',
      'ticket page              saves the page, with this box’s public key in it',
    ],
    options: [
      {
        name: 'key',
        value: 'FILE',
        help: 'the box’s ticket-key.pem, if it is not in its state folder',
      },
      { name: 'out', value: 'FILE', help: 'the page to write; tickets.html by default' },
    ],
    choices: ['verify', 'page'],
  },
  cmd: {
    operands: 'COMMAND [KEY=VALUE...]',
    summary: 'sends a command to the box on this machine, as its buttons do',
    details: [
      'arm                      run the checks, then wait for go-live',
      'disarm                   back to idle',
      'go-live [force=true]     go live; force: although a check fails',
      'end                      end the drop',
      'mark [label=TEXT]        make a clip of the last seconds',
      'preflight [drill=false]  run the checklist: page, links, paper and more, and a short failover test',
      'rehearse [minutes=N]     a hidden run with a probe viewer and a failover drill; stop=true ends it',
      'survey [minutes=N]       site survey: radio, links, light and sound; stop=true ends it',
      'camera [camera=1|2]      put the other camera on air, or the one that is named',
      'overlay [code=page|checkout|LINK|none]',
      '                         code, title and lower third in the picture: [corner=top-left] [size=25] [for_s=60]',
      '                         [title=TEXT] [name=TEXT] [line=TEXT]',
      'print document=address   print the address to watch, or status, card, preflight, rehearsal, survey',
      '                         do=list lists slips that wait; do=remove slip=ID prints one of them no more',
      'order order=ID item=ID   take an order: [quantity=N] [name=TEXT] [do=reserve|confirm|cancel|clear]',
      'drops do=list            list the coming drops; do=set id=ID title=TEXT [starts_at=TIME]; do=remove|again id=ID',
      'update [version=V]       install what update.url offers; back=true goes back; stop=true stops one',
      'shut-down                shut the machine down',
    ],
    options: [
      JSON_LINES,
      DRY_RUN,
      {
        name: 'expect',
        value: 'PHASE',
        choices: DROP_PHASES,
        help: `does it in this phase only: ${DROP_PHASES.join(', ')}`,
      },
      SOCKET,
    ],
    choices: VERBS,
  },
  update: {
    operands: '[FILE|URL]',
    summary: 'installs a signed release, and rolls back by itself where it does not work',
    details: ['Without FILE or URL it takes what update.url offers. Never while a drop is on.'],
    options: [
      { name: 'back', help: 'goes back to the previous version' },
      { name: 'stop', help: 'stops an update until the box starts with it' },
      { name: 'older', help: 'takes a release that is not newer, too' },
      ...[DRY_RUN, JSON_LINES, SOCKET],
    ],
  },
  bond: {
    operands: '',
    summary: 'spreads the packets of an SRT encoder over several links (SRTLA)',
    options: [
      {
        ...{ name: 'listen', value: 'PORT', isRequired: true },
        help: 'where the SRT encoder sends to',
      },
      {
        ...{ name: 'to', value: 'HOST:PORT', isRequired: true },
        help: 'the SRTLA receiver, for example a relay',
      },
      {
        name: 'from',
        value: 'IP[,IP...]',
        isRequired: true,
        help: 'addresses of the links, or @FILE with one a line: IP [backup] [weight=N]; SIGHUP reads FILE again',
      },
      SECRET_FILE,
      STATISTICS,
    ],
  },
  relay: {
    operands: '',
    summary: 'receives bonded links (SRTLA) in front of any SRT listener',
    options: [
      { name: 'listen', value: 'PORT', isRequired: true, help: 'where senders send to' },
      { name: 'srt', value: 'HOST:PORT', isRequired: true, help: 'the SRT listener' },
      ...[SECRET_FILE, ...STORE, STATISTICS],
    ],
  },
  completion: {
    operands: '',
    summary: 'prints the completion script of bash',
    options: [],
  },
} as const satisfies Readonly<Record<string, Verb>>;

export type VerbName = keyof typeof VERB_TABLE;

export const VERB_NAMES = Object.keys(VERB_TABLE) as readonly VerbName[];

export function verbOf(name: VerbName): Verb {
  return VERB_TABLE[name];
}
