/**
 * Writes the JSON Schema of each MQTT topic's payload to daemon/mqtt/schemas/:
 *
 *     node --import tsx scripts/schemas.ts
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { renderSchemas, SCHEMA_FOLDER } from './schemas/render.ts';

mkdirSync(SCHEMA_FOLDER, { recursive: true });
for (const [name, text] of renderSchemas()) writeFileSync(`${SCHEMA_FOLDER}/${name}.json`, text);
