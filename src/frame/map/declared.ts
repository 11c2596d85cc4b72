import { checkType } from '../column-type.js';
import type { Schema } from '../types.js';

/** Throws where a declared type is none, or none that a function can give. */
export function checkDeclared(label: string, schema: unknown): asserts schema is Schema {
  if (typeof schema !== 'object' || schema === null || Object.keys(schema).length === 0)
    throw new TypeError(
      `${label}: say what columns the function gives by schema: { name: type, … }; types are 'float64', 'string', …`,
    );
  for (const [name, type] of Object.entries(schema as Schema)) {
    try {
      checkType(type);
    } catch (cause) {
      throw new TypeError(`${label}: column ${JSON.stringify(name)} of schema: ${(cause as Error).message}`, {
        cause,
      });
    }
    if (type !== 'interval' && JSON.stringify(type).includes('"interval"'))
      throw new TypeError(
        `${label}: column ${JSON.stringify(name)} of schema: a function gives no intervals inside of lists, maps or structs; declare 'int64' there and give microseconds`,
      );
  }
}
