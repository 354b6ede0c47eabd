/** Alerts of the MQTT broker, and of events on their way to it. */
import type { Rule } from './step.ts';

const DATES = 'The drop goes on. Check the date of the box, else renew the certificate.';

export const BROKER_RULES: readonly Rule[] = [
  {
    key: 'broker-away',
    afterMs: 15_000,
    holdMs: 2_000,
    advice: 'The drop goes on, and events are sent later. Check the broker and mqtt.url.',
    dependsOn: ['box-name-taken'],
    find: ({ box: { broker } }) => {
      if (broker.phase !== 'away') return undefined;
      const { reason: detail, isCertificate } = broker;
      if (!isCertificate) return { text: 'The MQTT broker cannot be reached', detail };
      return { text: 'The certificate for the MQTT broker is not valid', detail, advice: DATES };
    },
  },
  {
    key: 'box-name-taken',
    advice: 'Commands reach either of them. Give each box a name of its own in its settings.',
    find: ({ box: { broker, name } }) =>
      broker.phase === 'none' || broker.nameConflict === undefined
        ? undefined
        : { text: `Another box is called ${name} too`, detail: broker.nameConflict },
  },
  {
    key: 'events-not-kept',
    advice: 'The drop goes on. Free some space on the disk that saves the state, or replace it.',
    dependsOn: ['disk-*-low', 'state-not-kept'],
    find: ({ box: { events } }) =>
      events?.notSaved === undefined
        ? undefined
        : { text: 'Events cannot be saved', detail: events.notSaved },
  },
  {
    key: 'events-refused',
    afterMs: 15_000,
    advice: 'They wait on the disk. Let the box publish to venuebox/v1/<box>/# on the broker.',
    dependsOn: ['broker-away'],
    find: ({ box: { events } }) =>
      events?.refused === undefined
        ? undefined
        : { text: 'The MQTT broker accepts no events', detail: events.refused },
  },
  {
    key: 'topics-refused',
    afterMs: 15_000,
    advice: 'Let the box publish and subscribe to venuebox/v1/<box>/# on the broker.',
    dependsOn: ['broker-away'],
    find: ({ box: { broker } }) => {
      const refused = broker.phase === 'connected' ? (broker.refusedTopics ?? []) : [];
      if (refused.length === 0) return undefined;
      return { text: 'The MQTT broker refuses some topics', detail: namesOf(refused) };
    },
  },
  {
    key: 'messages-too-large',
    afterMs: 15_000,
    advice: 'Raise the largest packet that the broker takes (mosquitto: max_packet_size).',
    dependsOn: ['broker-away'],
    find: ({ box: { broker } }) => {
      const large = broker.phase === 'connected' ? (broker.largeTopics ?? []) : [];
      if (large.length === 0) return undefined;
      return { text: 'Some messages are too large for the MQTT broker', detail: namesOf(large) };
    },
  },
  {
    key: 'events-lost',
    holdMs: 5_000,
    advice: 'Bring the broker back, check the disk that saves the state, or raise mqtt.spool_mb.',
    dependsOn: ['broker-away', 'events-refused', 'events-not-kept', 'disk-*-low', 'state-not-kept'],
    // Until all that is left has been sent: then there is nothing to do any more.
    find: ({ box: { events } }) =>
      (events?.lostNow ?? 0) > 0
        ? { text: 'Events are lost', detail: 'more waited than there is room for' }
        : undefined,
  },
];

const NAMED_MAX = 4;

function namesOf(topics: readonly string[]): string {
  const more = topics.length - NAMED_MAX;
  const named = topics.slice(0, NAMED_MAX).join(', ');
  return more > 0 ? `${named} and ${more} more` : named;
}
