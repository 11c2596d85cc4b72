import { type FunctionSpec, isFunctionSpec, type ModuleSpec } from '../../graph/function-spec.js';

/** What stands before the hash of a module's text, where a function names a module that was sent. */
const SENT = 'tilework-module:';

/** The task whose value is the files of an upload. */
export const uploadKey = (hash: string): string => `upload-${hash}`;

/** The hashes of the uploads that functions among what a layer's tasks share import from. */
export function uploadsIn(common: unknown): string[] {
  const hashes = new Set(functionsOf(common).flatMap(({ uploads }) => Object.values(uploads ?? {})));
  return [...hashes];
}

/** The task whose value is a module's text. */
export const moduleKey = (hash: string): string => `module-${hash}`;

/** How functions name a module that was sent. */
export const sentUrl = (hash: string): string => SENT + hash;

/** The hash of a module that was sent; undefined where a function names another. */
export const hashOf = ({ url }: ModuleSpec): string | undefined =>
  url.startsWith(SENT) ? url.slice(SENT.length) : undefined;

/** The functions of modules among what a layer's tasks share. */
export const moduleFunctionsOf = (common: unknown): ModuleSpec[] =>
  functionsOf(common).filter((spec) => spec.kind === 'module');

/** All functions among what a layer's tasks share, and those that they have captured. */
function functionsOf(common: unknown): FunctionSpec[] {
  if (typeof common !== 'object' || common === null || ArrayBuffer.isView(common)) return [];
  return Object.values(common).filter(isFunctionSpec).flatMap(inside);
}

/** What a layer's tasks share, with other functions of modules in it. */
export function replaceModuleFunctions(common: object, replace: (fn: ModuleSpec) => ModuleSpec): object {
  const swap = (spec: FunctionSpec): FunctionSpec =>
    spec.kind === 'module' ? replace(spec) : { ...spec, functions: mapValues(spec.functions, swap) };
  return mapValues(common, (value) => (isFunctionSpec(value) ? swap(value) : value));
}

const inside = (spec: FunctionSpec): FunctionSpec[] =>
  spec.kind === 'module' ? [spec] : [spec, ...Object.values(spec.functions).flatMap(inside)];

const mapValues = <T>(object: object, change: (value: T) => unknown) =>
  Object.freeze(
    Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value as T)])),
  ) as never;
