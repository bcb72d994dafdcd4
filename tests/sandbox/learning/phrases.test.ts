import { expect, test } from 'vitest';
import { phrasesOf } from '../../../src/sandbox/learning/phrases.ts';

const named = (text: string) => phrasesOf(text).map((phrase) => phrase.text);

test('things are named by what follows an article, without the verb behind them', () => {
	expect(named('My kettle leaks. Can I swap the blue kettle for a bigger one?')).toEqual(['kettle', 'blue kettle']);
	expect(named('Hi, I bought the 28 cm carbon steel pan last week')).toEqual(['carbon steel pan']);
	expect(named('Why does my Docker container exit immediately?')).toEqual(['Docker container']);
	expect(named('My toaster stopped heating, and the repaired mixer came back.')).toEqual(['toaster', 'repaired mixer']);
	expect(named('The quarterly report needs a summary')).toEqual(['quarterly report', 'summary']);
});

test('times, people, measures and half sentences are no things', () => {
	expect(named('I called the other day, a week ago, and my husband waited an hour.')).toEqual([]);
	expect(named('how do i return something without her finding out')).toEqual([]);
	expect(named('You sent me the wrong thing!')).toEqual([]);
	expect(named('日本語で答えてください')).toEqual([]);
	expect(named('')).toEqual([]);
});

test('the head is the last word, in small letters', () => {
	expect(phrasesOf('Where is the Espresso Pot?')).toEqual([{ text: 'Espresso Pot', head: 'pot' }]);
});
