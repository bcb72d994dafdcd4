/**
 * The ids of the examples in the contract. Tests and docs put real ones in their place, name by name.
 */
export const ids = {
	team: '0199a000-0000-7000-8000-000000000001',
	project: '0199a000-0000-7000-8000-000000000002',
	connection: '0199a000-0000-7000-8000-000000000003',
	example: '0199a000-0000-7000-8000-000000000004',
	run: '0199a000-0000-7000-8000-000000000005',
	serving: '0199a000-0000-7000-8000-000000000006',
	evaluation: '0199a000-0000-7000-8000-000000000007',
	ballot: '0199a000-0000-7000-8000-000000000008',
	person: '0199a000-0000-7000-8000-000000000009',
	invitation: '0199a000-0000-7000-8000-00000000000a',
	import: '0199a000-0000-7000-8000-00000000000b',
	session: '0199a000-0000-7000-8000-00000000000c',
	/** Chosen by whoever sends, new for every act. */
	client: '0199a000-0000-7000-8000-0000000000ff'
} as const;

/** A moment for the examples. */
export const aTime = '2026-11-28T09:30:00.000Z';
