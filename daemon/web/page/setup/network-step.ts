/** The step of the network: the venue's Wi-Fi, or a cable. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { JoinFailure } from '../../../first-boot/join-failure.ts';
import { WPA_PASSPHRASE } from '../../../model/hotspot.ts';
import type { SetUpChoices } from '../../setup/protocol.ts';
import { setUpTexts as text } from '../text/texts.ts';
import { h, setText } from '../ui/dom.ts';
import { readNetworks } from './request.ts';
import { choices, field, type Option, type StepPage } from './step.ts';

interface NetworkWants {
  /** The network that was chosen before, and could not be joined. */
  readonly missed?: JoinFailure;
  readonly hasCableChoice: boolean;
  readonly choose: (ssid: string, password: string) => Promise<void>;
}

const CABLES = {
  none: text.cable,
  waiting: text.cableWaits,
  ready: text.cableIn,
} as const;

const REASONS = {
  'out-of-reach': text.notInReach,
  password: text.notThePassword,
  'no-address': text.noAddress,
} as const;

/** No name of a network is empty, or has a control character. */
const CABLE = '';
const OTHER = '\n';

/** The list, and a password where one is needed; also of a box that is set up. */
export function openNetwork({ missed = {}, hasCableChoice, choose }: NetworkWants): StepPage {
  const fields = openFields();
  const reason = h('p', { class: 'reason', role: 'alert' });
  const showReason = ({ notJoined: name, why }: JoinFailure) => {
    const says = why === undefined ? text.notJoined : REASONS[why];
    setText(reason, name === undefined ? '' : fill(says, { name }));
    reason.hidden = name === undefined;
  };
  showReason(missed);
  const note = h('p', { class: 'hint', role: 'status' }, text.searching);
  const again = h('button', { type: 'button', class: 'quiet' }, text.searchAgain);
  let known: SetUpChoices | undefined;
  const securityOf = (ssid: string | undefined) =>
    known?.networks.find((one) => one.ssid === ssid)?.security;
  const needsPassword = (ssid: string | undefined) => securityOf(ssid) === 'password';
  const openHint = h('p', { class: 'hint', role: 'status' });
  const show = (ssid: string | undefined) => {
    fields.show(ssid === OTHER, needsPassword(ssid));
    setText(openHint, securityOf(ssid) === 'open' ? text.openWifi : '');
  };
  const list = choices('network', (ssid) => {
    show(ssid);
    fields.password.input.value = '';
  });
  const look = async () => {
    again.disabled = true;
    setText(note, text.searching);
    try {
      known = await readNetworks();
      const before = list.value() ?? known.ssid;
      showReason(known.missed);
      list.show(optionsOf(known, hasCableChoice), before);
      show(before);
      setText(note, known.networks.length === 0 ? text.noNetworks : '');
    } finally {
      again.disabled = false;
    }
  };
  const tryLook = () => void look().catch((error: Error) => setText(note, error.message));
  again.addEventListener('click', tryLook);
  tryLook();
  const parts = [reason, list.element, openHint, note, ...fields.elements, again];
  return {
    ...{ title: text.networkTitle, hint: text.networkHint },
    body: h('div', { class: 'rows' }, ...parts),
    save: async () => {
      const isOther = list.value() === OTHER;
      const ssid = isOther ? fields.name.input.value : list.value();
      if (ssid === undefined || (isOther && ssid === '')) return text.chooseOne;
      const password = fields.password.input.value;
      const isAsked = isOther ? password !== '' : needsPassword(ssid);
      if (isAsked && !WPA_PASSPHRASE.test(password)) return text.passwordShort;
      await choose(ssid, password);
      return undefined;
    },
  };
}

/** Beside the list: a name that no list shows, and a password. */
function openFields() {
  const name = field(text.wifiName, { name: 'wifi-name', maxlength: '32' });
  const password = field(text.password, { name: 'wifi', type: 'password', maxlength: '63' });
  const show = (isOther: boolean, hasPassword: boolean) => {
    name.element.hidden = !isOther;
    password.element.hidden = !isOther && !hasPassword;
  };
  show(false, false);
  return { ...{ name, password, show }, elements: [name.element, password.element] };
}

function optionsOf(
  { networks, cable: plug }: SetUpChoices,
  hasCableChoice: boolean,
): readonly Option[] {
  const cable = { value: CABLE, label: CABLES[plug] };
  return [
    ...(hasCableChoice ? [cable] : []),
    ...networks.map(({ ssid, strengthPct, security }) => {
      const more = { open: text.noPassword, password: '', other: text.needsLogin }[security];
      const note = [`${strengthPct} %`, more].filter((part) => part !== '').join(', ');
      return { value: ssid, label: ssid, note, isOff: security === 'other' };
    }),
    { value: OTHER, label: text.otherWifi },
  ];
}
