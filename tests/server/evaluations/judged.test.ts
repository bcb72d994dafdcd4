import { afterAll, expect, test } from 'vitest';
import { namesAModel } from '../../../src/lib/core/evaluations/masking.ts';
import { factsOf } from '../../../src/lib/server/evaluations/judged.ts';
import { pairingsOf } from '../../../src/lib/server/evaluations/votes.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { newBallot } from '../../support/data/evaluation.ts';

afterAll(() => closePools());

const texts = [
	'I am Llama3.',
	'ClAuDe said so',
	'DeepSee\u212a R1', // the Kelvin sign is a k in lower case
	'OPENA\u0130 made me', // and the dotted İ an i with a dot
	'Claudette and the llamas',
	'\u00dcBERMODELL-7',
	'We ship on Monday 🎉',
	'',
	"it's a+b(c)-model",
	'we^i[r]d\\name* at your service',
	'Ｃｌａｕｄｅ, wide',
	'C l a u d e, spread',
	'Cl\u00adau\u200bde, with what nobody sees',
	'Deep Seek and Chat-GPT 5',
	'Yi-34B and granite 3 cm thick',
	'cut off in the mid…'
];
const models = ['ana/zebra-1', 'x/a+b(c)-model', 'x/We^i[r]d\\name*', 'sandbox-small'];

test.each([
	['plain names', { models, own: [], project: 'Support' }],
	['a name with letters of its own', { models: [...models, 'übermodell-7'], own: ['ft:x:y:z'], project: 'Claude shop' }]
])('what is said of answers without reading them is what reading them says: %s', async (_, known) => {
	const { scope, id } = await newBallot(texts.length, (letter, position) =>
		letter === 'a' ? texts[position]! : 'Beech'
	);
	await scope.tx(async (tx) => {
		const judged = (await pairingsOf(tx, id)).map((pairing) => ({
			id: pairing.id,
			askedId: pairing.askedId,
			place: pairing.position,
			outcome: 'tie' as const,
			sum: 0
		}));
		const facts = await factsOf(tx, judged, 1, known);
		expect(facts.map(({ a }) => a)).toEqual(
			texts.map((text) => ({
				length: [...text].length,
				named: namesAModel(text, known),
				thought: false,
				complete: text !== '' && !text.endsWith('…')
			}))
		);
		expect(facts.map(({ b }) => b)).toEqual(
			texts.map(() => ({ length: 5, named: null, thought: false, complete: true }))
		);
	});
});
