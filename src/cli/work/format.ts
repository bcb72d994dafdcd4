import { refusedBy } from '../../lib/core/examples/trainable.ts';
import type { format } from '../commands/format.ts';
import type { Deed } from '../deed.ts';
import { Failure } from '../exit-codes.ts';
import { writing } from '../files/session.ts';
import { writeTrainingFiles } from '../files/training-files.ts';
import { counted } from '../terminal/counted.ts';
import { gatherUnreadable } from '../unreadable.ts';

export const deed: Deed<typeof format> = ({ io, say, flags }) =>
	writing(io, say, 'format', (project) => {
		const provider = flags.provider ?? project.config.provider;
		const unreadable = gatherUnreadable();
		const files = writeTrainingFiles(project, unreadable, { provider, preference: flags.preference });
		const { train, validation, preference, flawed } = files;
		const refused = flawed.filter(({ rule }) => refusedBy(provider).includes(rule));
		const isEmpty = train + preference === 0;
		if (refused.length > 0 || isEmpty) {
			files.drop();
			for (const { count, examples, words } of refused) {
				const others = count === 1 ? '' : ` (and ${count - 1} more like it)`;
				say.warn(`ait: Example ${examples[0]!.id}${others}: ${words}.`);
			}
			throw isEmpty
				? new Failure('No good example is in train, so there is nothing to write.', 'ait split', 'blocked')
				: new Failure(
						'The provider would refuse these, so nothing was written.',
						`ait edit ${refused[0]!.examples[0]!.id}`,
						'blocked'
					);
		}
		files.done();
		say.line(`data/train.jsonl        ${counted(train, 'example')}`);
		say.line(`data/val.jsonl          ${counted(validation, 'example')}`);
		if (flags.preference) say.line(`data/preference.jsonl   ${counted(preference, 'pair')}`);
		if (validation === 0)
			say.text('Validation is empty, so nothing will measure the model: ait split fills it, or says why not.');
		say.json({ train, validation, preference: flags.preference ? preference : null, provider });
		return unreadable.tell(say);
	});
