/** What an invited person is told, in the mail and on the page. */
export const invitedAs = {
	owner: 'As an owner you can do everything here, and decide who else may.',
	trainer: 'As a trainer you collect examples, train models and compare them.',
	rater: 'As a rater you judge and improve examples, and choose the better of two answers.'
} as const;

/** What each role is for, as the table of members explains it. */
export const roleSentences = {
	owner: 'Everything, and also members, connections, API keys and the settings of projects.',
	trainer: 'Collects examples, trains models, compares them.',
	rater: 'Rates and rewrites examples, and chooses the better of two answers.'
} as const;
