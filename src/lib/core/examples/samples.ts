/** The data sets that come with the app, below `examples/`. */
export const samples = [
	{ id: 'customer-support', name: 'Customer support', text: 'Answers of an online shop, most of them rated.' },
	{ id: 'code-review', name: 'Code review', text: 'Reviews of small changes in a dozen languages.' },
	{
		id: 'domain-questions',
		name: 'Domain questions',
		text: 'What people ask who learn to bake bread, most of it rated.'
	}
] as const;
