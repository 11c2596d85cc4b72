export { Api, ApiError } from './api.js';
export { ControlPlane, type User } from './control-plane.js';
