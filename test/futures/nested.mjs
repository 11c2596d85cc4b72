/** A function of a module that submits others. */
import { getClient } from 'tilework';

export async function countdown(n) {
  if (n === 0) return [];
  const rest = await getClient().submit({ module: import.meta.url, name: 'countdown' }, n - 1);
  return [n, ...rest];
}
