/** Calls of Python's functions, by name, as tasks of Python workers in the same cluster. */
export { checkArguments, pythonArguments, revive } from './arguments.js';
export { noPython } from './errors.js';
export { PYTHON_OP, pythonFunction } from './function.js';
