/**
 * Writes the JSON Schema of each MQTT topic to daemon/mqtt/schemas/, the table of topics to
 * daemon/mqtt/README.md, and what each setting needs to daemon/settings/README.md:
 *
 *     node --import tsx scripts/schemas.ts
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { renderNeedsReadme, SETTINGS_README } from './schemas/needs.ts';
import { MQTT_README, renderReadme, renderSchemas, SCHEMA_FOLDER } from './schemas/render.ts';

mkdirSync(SCHEMA_FOLDER, { recursive: true });
for (const [name, text] of renderSchemas()) writeFileSync(`${SCHEMA_FOLDER}/${name}.json`, text);
writeFileSync(MQTT_README, renderReadme(readFileSync(MQTT_README, 'utf8')));
writeFileSync(SETTINGS_README, renderNeedsReadme(readFileSync(SETTINGS_README, 'utf8')));
