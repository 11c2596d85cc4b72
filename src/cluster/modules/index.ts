export { withModules } from './bundle.js';
export { ModuleFiles } from './install.js';
export { notUploaded, uploadsNeeded, uploadTask } from './uploads.js';
