import path from 'node:path';

/** NODE_COMPILE_CACHE: what Node has compiled once, types erased, the hundreds of processes of a run need not compile again. */
export const compiled = path.resolve('node_modules/.cache/compiled');
