/**
 * Writes the JSON Schema of each MQTT topic to daemon/mqtt/schemas/, and the table of topics
 * to daemon/mqtt/README.md:
 *
 *     node --import tsx scripts/schemas.ts
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { MQTT_README, renderReadme, renderSchemas, SCHEMA_FOLDER } from './schemas/render.ts';

mkdirSync(SCHEMA_FOLDER, { recursive: true });
for (const [name, text] of renderSchemas()) writeFileSync(`${SCHEMA_FOLDER}/${name}.json`, text);
writeFileSync(MQTT_README, renderReadme(readFileSync(MQTT_README, 'utf8')));
