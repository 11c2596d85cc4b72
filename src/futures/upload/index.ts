export { readUpload } from './read.js';
