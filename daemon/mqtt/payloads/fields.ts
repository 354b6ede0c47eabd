/** The schema of a table of figures, for the payload that they stand in. */
import * as v from 'valibot';
import type { Figure, Table, Unit, Values } from '../../figures/figure.ts';

type Fields<T> = { readonly [K in keyof T]: v.GenericSchema<Values<T>[K & keyof Values<T>]> };

const SIGNED: readonly Unit[] = ['v', 'a', 'w', 'c', 'dbm', 'db', 'dbfs'];

export function fields<T extends Table<never>>(table: T): Fields<T> {
  const entries = Object.entries(table).map(([field, figure]) => {
    const schema = figure.isRequired ? valueSchema(figure) : v.nullable(valueSchema(figure));
    return [field, v.pipe(schema, v.description(figure.help))];
  });
  return Object.fromEntries(entries) as Fields<T>;
}

function valueSchema(figure: Figure<never>): v.GenericSchema {
  if (figure.unit === 'boolean') return v.boolean();
  if (figure.unit === 'state') return v.picklist(figure.options);
  if (figure.unit === 'ratio') return v.pipe(v.number(), v.minValue(0), v.maxValue(1));
  if (figure.unit === undefined || figure.unit === 'b')
    return v.pipe(v.number(), v.integer(), v.minValue(0));
  return figure.isSigned || SIGNED.includes(figure.unit)
    ? v.number()
    : v.pipe(v.number(), v.minValue(0));
}

/** The Wi-Fi that the box could not join, and why. */
export const WIFI = {
  wifi_not_joined: v.nullable(v.pipe(v.string(), v.maxLength(32))),
  wifi_reason: v.nullable(v.picklist(['out-of-reach', 'password', 'no-address'])),
};
