/** The step of the network: the venue's Wi-Fi, or a cable. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import { WPA_PASSPHRASE } from '../../../model/hotspot.ts';
import type { SetUpChoices } from '../../setup/protocol.ts';
import { setUpTexts as text } from '../text/texts.ts';
import { h, setText } from '../ui/dom.ts';
import { chooseNetwork, readNetworks } from './request.ts';
import { choices, field, type Option, type StepPage } from './step.ts';

/** No name of a network is empty. */
const CABLE = '';

/** @param notJoined The network that was chosen before, and could not be joined. */
export function openNetwork(notJoined: string | undefined): StepPage {
  const password = field(text.password, { name: 'wifi', type: 'password', maxlength: '63' });
  const failed = notJoined === undefined ? '' : fill(text.notJoined, { name: notJoined });
  const reason = h('p', { class: 'reason', role: 'alert' }, failed);
  reason.hidden = failed === '';
  const note = h('p', { class: 'hint', role: 'status' }, text.searching);
  const again = h('button', { type: 'button', class: 'quiet' }, text.searchAgain);
  let known: SetUpChoices | undefined;
  const needsPassword = (ssid: string | undefined) =>
    known?.networks.find((one) => one.ssid === ssid)?.security === 'password';
  const list = choices('network', (ssid) => {
    password.element.hidden = !needsPassword(ssid);
    password.input.value = '';
  });
  password.element.hidden = true;
  const look = async () => {
    again.disabled = true;
    setText(note, text.searching);
    try {
      known = await readNetworks();
      const before = list.value() ?? known.ssid;
      list.show(optionsOf(known), before);
      password.element.hidden = !needsPassword(before);
      setText(note, known.networks.length === 0 ? text.noNetworks : '');
    } finally {
      again.disabled = false;
    }
  };
  const tryLook = () => void look().catch((error: Error) => setText(note, error.message));
  again.addEventListener('click', tryLook);
  tryLook();
  return {
    ...{ title: text.networkTitle, hint: text.networkHint },
    body: h('div', { class: 'rows' }, reason, list.element, note, password.element, again),
    save: async () => {
      const ssid = list.value();
      if (ssid === undefined) return text.chooseOne;
      if (needsPassword(ssid) && !WPA_PASSPHRASE.test(password.input.value))
        return text.passwordShort;
      await chooseNetwork(ssid, password.input.value);
      return undefined;
    },
  };
}

function optionsOf({ networks, hasCable }: SetUpChoices): readonly Option[] {
  return [
    { value: CABLE, label: hasCable ? text.cableIn : text.cable },
    ...networks.map(({ ssid, strengthPct, security }) => {
      const more = { open: text.noPassword, password: '', other: text.needsLogin }[security];
      const note = [`${strengthPct} %`, more].filter((part) => part !== '').join(', ');
      return { value: ssid, label: ssid, note, isOff: security === 'other' };
    }),
  ];
}
