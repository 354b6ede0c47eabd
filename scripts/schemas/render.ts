import { toJsonSchema } from '@valibot/to-json-schema';
import { TOPICS, type TopicName } from '../../daemon/mqtt/payloads/topics.ts';

export const SCHEMA_FOLDER = 'daemon/mqtt/schemas';

/** The schema files by topic: JSON Schema draft 7, from the table that the box publishes by. */
export function renderSchemas(): ReadonlyMap<TopicName, string> {
  const names = Object.keys(TOPICS) as TopicName[];
  return new Map(
    names.map((name) => {
      const { $schema, ...schema } = toJsonSchema(TOPICS[name].schema, { typeMode: 'input' });
      const head = { $schema, title: `venuebox/v1/<box>/${name}` };
      return [name, `${JSON.stringify({ ...head, ...schema }, null, 2)}\n`];
    }),
  );
}
