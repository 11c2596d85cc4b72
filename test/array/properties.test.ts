import { startEngine } from './engine.js';
import { describeLaws } from './laws.js';

describeLaws(startEngine, 40);
