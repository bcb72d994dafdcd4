// A process that has run another test file (kept-worker.ts) has what that one left in globals and in its environment; the next
// begins without.

const first = Symbol.for('aitelier: the environment that tests begin with');
const globals = globalThis as { [first]?: NodeJS.ProcessEnv } & Record<string, unknown>;

for (const name of Object.keys(globals)) if (name.startsWith('aitelier')) delete globals[name];

globals[first] ??= { ...process.env };
for (const name of Object.keys(process.env)) if (!(name in globals[first])) delete process.env[name];
Object.assign(process.env, globals[first]);
