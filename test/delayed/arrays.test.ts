/** Arrays of delayed values on the local engine. */
import { describe } from 'vitest';
import * as tw from '../../src/index.js';
import { testArraysOfDelayed } from './arrays-suite.js';

describe('arrays of delayed values', () =>
  testArraysOfDelayed(async () => new tw.LocalEngine({ threads: 2 })));
