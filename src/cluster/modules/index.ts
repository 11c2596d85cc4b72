export { withModules } from './bundle.js';
export { ModuleFiles } from './install.js';
