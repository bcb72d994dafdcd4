import type { Bench } from './bench.ts';
import type { Kind } from './mutant.ts';
import { permissionMutants } from './permissions.ts';
import { policyMutants } from './policies.ts';
import { projectMutants } from './projects.ts';
import { projectClauses, triggerMutants } from './triggers.ts';

/** The families of mutants, in the order in which they run. */
export const kindsOf = (bench: Bench): Kind[] => [
	{ name: 'policies', mutants: () => bench.catalogue(policyMutants) },
	{ name: 'triggers', mutants: async () => triggerMutants() },
	{ name: 'permissions', mutants: async () => permissionMutants() },
	{ name: 'projects', mutants: async () => [...projectClauses(), ...projectMutants()] }
];
