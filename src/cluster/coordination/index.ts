export { SchedulerCoordinator } from './coordinator.js';
