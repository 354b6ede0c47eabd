/** A module of Bitfocus Companion: a box on the buttons of a Stream Deck. */
import {
  InstanceBase,
  InstanceStatus,
  runEntrypoint,
  type SomeCompanionConfigField,
} from '@companion-module/base';
import type { View } from '../../daemon/web/protocol.ts';
import { actionDefinitions } from './actions.ts';
import { BoxClient, type Connection } from './box-client.ts';
import { feedbackDefinitions } from './feedbacks.ts';
import { presetDefinitions } from './presets.ts';
import { VARIABLES, variablesOf } from './variables.ts';

/** What the form of the connection asks for. */
interface Config {
  /** A box found by mDNS, as address and port; goes before `url`. */
  readonly found?: string;
  readonly url?: string;
  readonly pin?: string;
}

const STATUS: Readonly<Record<Connection, InstanceStatus>> = {
  connecting: InstanceStatus.Connecting,
  connected: InstanceStatus.Ok,
  away: InstanceStatus.ConnectionFailure,
  refused: InstanceStatus.AuthenticationFailure,
};

class BoxInstance extends InstanceBase<Config> {
  #view: View | undefined;
  #client: BoxClient | undefined;

  async init(config: Config): Promise<void> {
    this.setActionDefinitions(actionDefinitions((verb, args) => this.#send(verb, args)));
    this.setFeedbackDefinitions(feedbackDefinitions(() => this.#view));
    this.setVariableDefinitions(
      Object.entries(VARIABLES).map(([variableId, name]) => ({ variableId, name })),
    );
    await this.configUpdated(config);
  }

  async configUpdated(config: Config): Promise<void> {
    this.#client?.close();
    this.#client = undefined;
    this.#show(undefined);
    this.setPresetDefinitions(presetDefinitions(this.label));
    const { found = '', pin = '' } = config;
    const url = found === '' ? (config.url ?? '') : `http://${found}`;
    if (!/^https?:\/\/[^/]/.test(url) || pin === '') {
      const wanted = 'choose a box, or enter the address of its operator’s page, and the PIN';
      this.updateStatus(InstanceStatus.BadConfig, wanted);
      return;
    }
    const client = new BoxClient(
      { url, pin },
      {
        onView: (view) => this.#show(view),
        onConnection: (connection, detail) => {
          this.updateStatus(STATUS[connection], detail === '' ? null : detail);
        },
      },
    );
    this.#client = client;
    client.run().catch((error: unknown) => this.log('error', String(error)));
  }

  async destroy(): Promise<void> {
    this.#client?.close();
  }

  getConfigFields(): SomeCompanionConfigField[] {
    return [
      { type: 'bonjour-device', id: 'found', label: 'Boxes on this network', width: 12 },
      {
        ...{ type: 'textinput', id: 'url', label: 'Or the operator’s page by its address' },
        ...{ width: 8, default: 'http://venuebox.local:8081' },
      },
      { type: 'textinput', id: 'pin', label: 'PIN', width: 4, default: '' },
    ];
  }

  #show(view: View | undefined): void {
    this.#view = view;
    this.setVariableValues(variablesOf(view, Date.now()));
    this.checkFeedbacks();
  }

  async #send(verb: string, args: Readonly<Record<string, unknown>>): Promise<void> {
    if (this.#client === undefined) throw new Error('the connection is not set up');
    try {
      const detail = await this.#client.command(verb, args);
      this.log('info', `${verb}: ${detail}`);
    } catch (error) {
      this.log('warn', `${verb}: ${error instanceof Error ? error.message : error}`);
    }
  }
}

runEntrypoint(BoxInstance, []);
