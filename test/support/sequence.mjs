import { BaseSequencer } from 'vitest/node';

/** Small files of long tests: Vitest, which takes long files for long tests where it has not measured them, would leave them for the end, one process alone at work. */
const LONG = /\/test\/(array|frame)\/conformance\.test\.ts$|\/frame\/partitions-memory\.test\.ts$/;
const isLong = ({ moduleId }) => LONG.test(moduleId);

/** Vitest's order, with those before the others of their project. */
export class LongFirst extends BaseSequencer {
  async sort(files) {
    const sorted = await super.sort(files);
    const projects = new Set(sorted.map(({ project }) => project));
    return [...projects].flatMap((project) => {
      const own = sorted.filter((file) => file.project === project);
      return [...own.filter(isLong), ...own.filter((file) => !isLong(file))];
    });
  }
}
