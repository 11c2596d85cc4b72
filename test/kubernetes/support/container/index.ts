export { Container, type ContainerOptions } from './container.js';
export { type BuildOptions, build } from './dockerfile.js';
export { type Image, MEMORY, type Mount, SYSTEM, systemWith } from './image.js';
