/** What is generated from the table of MQTT topics: JSON Schemas, and the table of the README. */
import { toJsonSchema } from '@valibot/to-json-schema';
import { PERIODIC, TOPICS, type TopicName } from '../../daemon/mqtt/payloads/topics.ts';

export const SCHEMA_FOLDER = 'daemon/mqtt/schemas';
export const MQTT_README = 'daemon/mqtt/README.md';

/** JSON Schema draft 7, by topic. */
export function renderSchemas(): ReadonlyMap<TopicName, string> {
  const names = Object.keys(TOPICS) as TopicName[];
  return new Map(
    names.map((name) => {
      const { $schema, ...schema } = toJsonSchema(TOPICS[name].schema, { typeMode: 'input' });
      const head = { $schema, title: `venuebox/v1/<box>/${name}`, description: TOPICS[name].help };
      return [name, `${JSON.stringify({ ...head, ...schema }, null, 2)}\n`];
    }),
  );
}

const LEVELS: Partial<Record<TopicName, string>> = {
  alert: 'alert/<key>',
  report: 'report/<drop>',
  cmd: 'cmd/<verb>',
};

/** The README with its table of topics as it should be. */
export function renderReadme(readme: string): string {
  const rows = (Object.keys(TOPICS) as TopicName[]).map((name) => {
    const { qos, isRetained, help, ...rules } = TOPICS[name];
    const isPeriodic = PERIODIC.some((one) => one === name);
    const { idleS, liveS }: { idleS?: number; liveS?: number } =
      'period' in rules ? rules.period : {};
    const published = isPeriodic ? `${idleS ?? '-'} / ${liveS} s` : 'on change';
    const link = `[\`${LEVELS[name] ?? name}\`](schemas/${name}.json)`;
    return [link, help, `${qos}${isRetained ? ', retained' : ''}`, published];
  });
  const table = renderTable([['topic', 'content', 'QoS', 'idle / live'], ...rows]);
  const from = readme.indexOf('<!-- topics -->');
  const to = readme.indexOf('<!-- end -->');
  return `${readme.slice(0, from)}<!-- topics -->\n\n${table}\n\n${readme.slice(to)}`;
}

function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | '));
  lines.splice(1, 0, widths.map((width) => '-'.repeat(width)).join(' | '));
  return lines.map((line) => `| ${line} |`).join('\n');
}
