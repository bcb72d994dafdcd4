import { figure } from '../../lib/core/text/figure.ts';
import { readiness } from '../../lib/core/project/readiness.ts';
import type { stats } from '../commands/stats.ts';
import type { Deed } from '../deed.ts';
import { examplesIn, isBlankLine, isUnreadable, readExample } from '../files/examples.ts';
import { tailAt } from '../files/fields.ts';
import { eachSpan } from '../files/lines.ts';
import type { Project } from '../files/project.ts';
import { reading } from '../files/session.ts';
import type { Say } from '../terminal/say.ts';
import { gatherUnreadable } from '../unreadable.ts';

type Counts = {
	total: number;
	rated: number;
	quality: number;
	train: number;
	validation: number;
	/** How many have each rating, by its number. */
	ratings: number[];
};

/** Counts without reading the conversations, wherever a line is written as usual. */
const count = (project: Project, unreadable: ReturnType<typeof gatherUnreadable>): Counts => {
	const threshold = project.config.qualityThreshold;
	const counts: Counts = {
		total: 0,
		rated: 0,
		quality: 0,
		train: 0,
		validation: 0,
		ratings: Array<number>(11).fill(0)
	};
	eachSpan(examplesIn(project), (buffer, from, to, number) => {
		let tail = tailAt(buffer, from, to);
		if (!tail) {
			const bytes = buffer.toString('latin1', from, to);
			if (isBlankLine(bytes)) return;
			const read = readExample(bytes, number);
			if (isUnreadable(read)) return unreadable.add(read);
			tail = read;
		}
		const { rating, split } = tail;
		counts.total++;
		if (rating !== null) {
			counts.rated++;
			counts.ratings[rating]!++;
			if (rating >= threshold) counts.quality++;
		}
		if (split === 'train') counts.train++;
		else if (split === 'val') counts.validation++;
	});
	return counts;
};

const barWidth = 40;

const show = (say: Say, { config }: Project, counts: Counts) => {
	const { total, rated, quality, train, validation, ratings } = counts;
	const share = (n: number, ...more: string[]) => {
		const beside = [...(total === 0 ? [] : [`${Math.round((100 * n) / total)} %`]), ...more];
		return beside.length === 0 ? '' : say.paint('dim', ` (${beside.join(', ')})`);
	};
	const most = Math.max(1, ...ratings);
	const wide = figure(most).length;
	say.line(say.paint('bold', config.name));
	say.line(`${figure(total)} ${total === 1 ? 'example' : 'examples'}`);
	say.line();
	say.line(`Rated       ${figure(rated)}${share(rated)}`);
	say.line(`Unrated     ${figure(total - rated)}${share(total - rated)}`);
	say.line(`Good        ${figure(quality)}${share(quality, `${config.qualityThreshold} or better`)}`);
	say.line(`Train       ${figure(train)}`);
	say.line(`Validation  ${figure(validation)}`);
	if (rated > 0) {
		say.line();
		for (let rating = 10; rating >= 1; rating--) {
			const n = ratings[rating]!;
			const bar = '█'.repeat(n === 0 ? 0 : Math.max(1, Math.round((barWidth * n) / most)));
			const isGood = rating >= config.qualityThreshold;
			say.line(
				`${String(rating).padStart(4)} ${figure(n).padStart(wide)} ${say.paint(isGood ? 'green' : 'dim', bar)}`.trimEnd()
			);
			if (isGood && rating - 1 < config.qualityThreshold && rating > 1)
				say.line(say.paint('dim', `     ${'─'.repeat(wide)} good from here up`));
		}
	}
};

export const deed: Deed<typeof stats> = ({ io, say }) => {
	const project = reading(io, say);
	const unreadable = gatherUnreadable();
	const counts = count(project, unreadable);
	const { total, rated, quality, train, validation, ratings } = counts;
	const ready = readiness({ quality, train, validation });
	show(say, project, counts);
	say.line();
	say.line(say.paint(ready.isReady ? 'green' : 'yellow', ready.title));
	say.text(ready.sentence);
	say.json({
		project: project.config.name,
		total,
		rated,
		unrated: total - rated,
		threshold: project.config.qualityThreshold,
		quality,
		train,
		validation,
		ratings: Object.fromEntries(ratings.slice(1).map((n, at) => [at + 1, n])),
		unreadable: unreadable.count(),
		readiness: {
			state: ready.state,
			isReady: ready.isReady,
			title: ready.title,
			sentence: ready.sentence,
			missing: ready.missing
		}
	});
	return unreadable.tell(say);
};
