// A sort of files of eight times the memory limit, as one fragment and in partitions.
import { checkFrames } from './frames/out-of-core.mjs';

checkFrames('sort');
