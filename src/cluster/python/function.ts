import { tokenize } from '../../graph/key.js';

/** The operation of a task that calls a function of Python (deploy/scheduler/tilework_python.py). */
export const PYTHON_OP = 'python/call';

const NAME = '[\\p{L}_][\\p{L}\\p{N}_]*(?:\\.[\\p{L}_][\\p{L}\\p{N}_]*)*';
const FUNCTION = new RegExp(`^${NAME}:${NAME}$`, 'u');

/**
 * A function of Python as tasks name it.
 *
 * @throws TypeError where it is not `module:function`
 */
export function pythonFunction(name: string) {
  if (typeof name !== 'string' || !FUNCTION.test(name))
    throw new TypeError(
      `python(${JSON.stringify(name) ?? typeof name}): a function of Python is named as module:function, such as "math:sqrt" or "numpy.linalg:svd"`,
    );
  return Object.freeze({
    name: name.slice(name.indexOf(':') + 1),
    token: tokenize([PYTHON_OP, name]),
    op: PYTHON_OP,
    common: Object.freeze({ python: name }),
  });
}
