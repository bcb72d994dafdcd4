export { openAccess } from './rows.ts';
