import { describe, expect, test } from 'vitest';
import { hash } from '../../../src/lib/core/math/hash.ts';
import type { Message } from '../../../src/lib/core/examples/example.ts';
import {
	Families,
	NearIndex,
	type Sayings,
	countingCommon,
	familiesOf,
	gramsOf,
	isNear,
	likeness,
	sampling,
	sayingsOf
} from '../../../src/lib/core/examples/near.ts';
import { type Steps, atOnce } from '../../../src/lib/core/steps.ts';

const says = (more: Partial<Sayings>): Sayings => ({ turns: [], wholes: [], around: [], ...more });
/** Letters of which no five come twice. */
const distinct = (length: number, from = 0) =>
	String.fromCharCode(...Array.from({ length }, (_, at) => 0x4e00 + from + at));
const steps = <T>(work: Steps<T>) => {
	for (let count = 0; ; count++) if (work.next().done) return count;
};

describe('what an example is known by', () => {
	const turn = (role: Message['role'], content: string): Message => ({ role, content });
	const [forty, less] = ['x'.repeat(40), 'x'.repeat(39)];
	test('turns and system prompts of forty letters, and the whole before each answer', () => {
		expect(sayingsOf([turn('system', forty), turn('user', forty), turn('assistant', 'yes')])).toEqual(
			says({ around: [forty], turns: [forty] })
		);
		expect(sayingsOf([turn('system', less), turn('user', less), turn('assistant', 'yes')])).toEqual(
			says({ wholes: [less] })
		);
	});
	test('turns that follow one another are one whole, with a blank between them; each whole stands there once', () => {
		const talk = [
			turn('user', 'A'),
			turn('user', 'B'),
			turn('assistant', 'C'),
			turn('user', 'D'),
			turn('assistant', 'E')
		];
		expect(sayingsOf(talk)).toEqual(says({ wholes: ['a b', 'a b c d'] }));
	});
	test('before an answer that comes first there is nothing', () => {
		expect(sayingsOf([turn('assistant', 'A'), turn('assistant', 'B')])).toEqual(says({ wholes: ['a'] }));
		expect(sayingsOf([])).toEqual(says({}));
		expect(sayingsOf([turn('user', '?'), turn('assistant', 'B')])).toEqual(says({}));
	});
});

describe('pieces', () => {
	test('have five letters, and each stands there once', () => {
		expect(['', 'abcd', 'abcde', 'abcdef', 'aaaaaaaa'].map((text) => gramsOf(text).size)).toEqual([0, 0, 1, 2, 1]);
		expect(gramsOf('abcdef', gramsOf('abcde'))).toEqual(gramsOf('bcdef'));
	});
	test('are common in more than ten prompts, and in more than a fifth', () => {
		const common = (sharing: number, all: number) =>
			atOnce(countingCommon(Array.from({ length: all }, (_, at) => says({ turns: [at < sharing ? 'abcde' : 'x'] }))))
				.size;
		expect([common(10, 10), common(11, 11), common(12, 60), common(13, 60)]).toEqual([0, 1, 0, 1]);
	});
	test('are counted with a step for each text and each prompt, and one for each part of what was counted', () => {
		const counting = (...turns: string[]) => steps(countingCommon([says({ turns })])) - 128;
		expect([counting(), counting('a'), counting('abcde', 'abcdef')]).toEqual([1, 2, 3]);
	});
	test('a text of more than 50,000 letters has a step of its own', () => {
		const counting = (letters: number) => steps(countingCommon([says({ turns: ['x'.repeat(letters)] })]));
		expect([counting(50_000), counting(50_001)]).toEqual([130, 131]);
	});
});

describe('likeness', () => {
	const numbers = (from: number, to: number) => new Set(Array.from({ length: to - from }, (_, at) => from + at));
	test('of fewer than eight pieces there is none', () => {
		expect(likeness(numbers(0, 7), numbers(0, 7), true)).toBe(0);
		expect(likeness(numbers(0, 8), numbers(0, 8), false)).toBe(1);
	});
	test('is what is shared of both', () => {
		expect(likeness(numbers(0, 10), numbers(5, 20), false)).toBe(0.25);
		expect(likeness(numbers(5, 20), numbers(0, 10), false)).toBe(0.25);
	});
	test('of one within the other counts where both are not alike enough', () => {
		expect(likeness(numbers(0, 13), numbers(0, 20), false)).toBe(0.65);
		expect(likeness(numbers(0, 13), numbers(0, 20), true)).toBeCloseTo(0.7 / 0.9, 12);
		expect(likeness(numbers(0, 14), numbers(0, 20), true)).toBe(0.7);
		expect(likeness(numbers(0, 18), numbers(0, 25), true)).toBe(0.72);
	});
	test('is near from 7 in 10 on', () => {
		expect([0.7, 0.9 * (0.7 / 0.9), 1, 0.6999, 0].map(isNear)).toEqual([true, true, true, false, false]);
	});
});

describe('an index', () => {
	const text = distinct(100);
	const kept = (...all: Partial<Sayings>[]) => {
		const index = new NearIndex();
		for (const each of all) atOnce(index.keeping(says(each)));
		return index;
	};
	const found = (looked: Partial<Sayings>, ...all: Partial<Sayings>[]) =>
		kept(...all)
			.twinsOf(says(looked))
			.toSorted();
	const turn = (...turns: string[]) => ({ turns });
	const whole = (...wholes: string[]) => ({ wholes });
	const around = (...of: string[]) => ({ around: of });

	test('numbers what is added from 0 on, and names the earlier ones that say the same', () => {
		const index = new NearIndex();
		expect(index.add(says(whole('thanks')))).toEqual({ number: 0, twins: [] });
		expect(index.add(says(whole('thanks')))).toEqual({ number: 1, twins: [0] });
		expect(index.add(says(whole('hello')))).toEqual({ number: 2, twins: [] });
		expect(index.add(says(whole('thanks')))).toEqual({ number: 3, twins: [0, 1] });
	});
	test('finds what was only kept, by the same numbers', () => {
		expect(found(turn(text), turn('x'), turn(text), turn('y'), turn(text))).toEqual([1, 3]);
		expect(found(turn('nothing'), turn('x'))).toEqual([]);
	});
	test('finds what is kept behind the first thousand', () => {
		const many = Array.from({ length: 1_030 }, (_, at) => whole(at === 1_023 || at === 1_025 ? text : `${at}`));
		expect(found(whole(`${text}abc`), ...many)).toEqual([1_023, 1_025]);
	});
	test('finds a text that stands further in', () => {
		expect(found(turn(`before ${text}`), turn(text))).toEqual([0]);
		expect(found(turn(text), turn(`before ${text}`))).toEqual([0]);
	});
	test('finds a turn within a text ten times as long, either way round, and however that is one', () => {
		const long = distinct(450, 1000) + text + distinct(450, 2000);
		for (const other of [turn(long), whole(long), around(long)]) {
			expect(found(turn(text), other)).toEqual([0]);
			expect(found(other, turn(text))).toEqual([0]);
		}
	});
	test('finds a whole in nothing that is longer', () => {
		const long = distinct(100, 1000) + text;
		for (const other of [turn(long), whole(long), around(long)]) {
			expect(found(whole(text), other)).toEqual([]);
			expect(found(other, whole(text))).toEqual([]);
		}
	});
	test('finds wholes that nearly say the same', () => {
		expect(found(whole(text), whole(`${text}abc`))).toEqual([0]);
	});
	test('takes no system prompt for a question, be it the same', () => {
		expect(found(around(text), turn(text), whole(text), around(text))).toEqual([]);
		expect(found(whole(text), around(text))).toEqual([]);
		expect(found(around(text), around(`${text}abc`), turn(`${text}abc`), whole(text.slice(1)))).toEqual([]);
		expect(found(whole(text), around(`${text}abc`))).toEqual([]);
	});

	const looking = (looked: string, ...all: string[]) =>
		steps(kept(...all.map((each) => turn(each))).findingTwins(says(turn(looked))));
	test('has a step for each text, and for each that it is held against', () => {
		expect(looking(text)).toBe(1);
		expect(looking(text, `${text}abc`)).toBe(2);
		expect(looking(text, `${text}abc`, `abc${text}`)).toBe(3);
	});
	test('holds a text against none that it knows for a twin, or that shares a few words', () => {
		expect(looking(text, text)).toBe(1);
		const words = distinct(30);
		expect(looking(words + distinct(270, 1000), words + distinct(270, 2000))).toBe(1);
	});
	test('has a step of its own for what is done with more than 50,000 letters', () => {
		const [most, more] = ['x'.repeat(50_000), 'x'.repeat(50_001)];
		const keeping = (each: string) => steps(new NearIndex().keeping(says(turn(each))));
		expect([keeping(most), keeping(more)]).toEqual([1, 3]);
	});
});

test('2,000 prompts say which pieces are common: all, or those whose places come first by a hash', () => {
	const all = Array.from({ length: 2_001 }, (_, at) => `prompt ${at}`);
	const sampleOf = (some: string[]) => atOnce(sampling(some));
	expect(sampleOf(all.slice(1))).toEqual(all.slice(1));
	expect(sampleOf([])).toEqual([]);
	const first = all
		.keys()
		.toArray()
		.sort((one, two) => hash(String(one), 'near') - hash(String(two), 'near'));
	expect(sampleOf(all)).toEqual(first.slice(0, 2_000).map((at) => all[at]));
});

test('a hundred thousand prompts are chosen from, and named by their families, with a rest for every few thousand', () => {
	const names = Array.from({ length: 100_000 }, (_, at) => String(at));
	// hashed and looked through, and sorted in more steps than that
	expect(steps(sampling(names))).toBeGreaterThan(3 * 24);
	expect(steps(new Families().naming(names))).toBe(2 * 24);
});

test('a family is named by the first of its names, and who is alone has none', () => {
	const families = new Families();
	families.join(7, 5);
	families.join(8, 5);
	families.join(9, 3);
	expect(atOnce(families.naming(['q', 'b', 'c', 'a', 'd'], 5))).toEqual(
		new Map([
			['q', 'a'],
			['c', 'a'],
			['a', 'a']
		])
	);
	expect(atOnce(families.naming(['q', 'b', 'c']))).toEqual(new Map());
});

test('a family has the number of its first', () => {
	const text = distinct(100);
	expect(familiesOf([text, 'x', `${text}abc`, 'y', 'x'].map((whole) => says({ wholes: [whole] })))).toEqual([
		0, 1, 0, 3, 1
	]);
});
