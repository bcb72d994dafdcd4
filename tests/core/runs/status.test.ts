import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterReport, isOver, runCan, runStatuses, type RunStatus } from '../../../src/lib/core/runs/status.ts';

const status = fc.constantFrom(...runStatuses);
const report = fc.constantFrom(...runStatuses, 'unrecognised' as const);
const after = (from: RunStatus, reports: (RunStatus | 'unrecognised')[]) =>
	reports.reduce<RunStatus>((now, next) => afterReport({ status: now }, { status: next }), from);

/** The stations in the order a run passes them; written by hand, not taken from the code. */
const stations: RunStatus[][] = [
	['draft'],
	['uploading'],
	['submitting', 'unknown'],
	['validating'],
	['queued'],
	['training'],
	['finishing'],
	['cancelling'],
	['ready', 'failed', 'cancelled']
];
const station = (of: RunStatus) => stations.findIndex((list) => list.includes(of));

test('a status never moves backwards, whatever is reported in whatever order', () => {
	fc.assert(
		fc.property(status, fc.array(report), (from, reports) => {
			let now = from;
			for (const next of reports) {
				const then = afterReport({ status: now }, { status: next });
				expect(station(then)).toBeGreaterThanOrEqual(station(now));
				if (then !== now) expect(then).toBe(next);
				now = then;
			}
		})
	);
});

test('an end is final', () => {
	fc.assert(
		fc.property(
			fc.constantFrom('ready' as const, 'failed' as const, 'cancelled' as const),
			fc.array(report),
			(end, reports) => {
				expect(after(end, reports)).toBe(end);
			}
		)
	);
});

test('a report that comes twice, or late, changes nothing', () => {
	fc.assert(
		fc.property(status, fc.array(report), (from, reports) => {
			const now = after(from, reports);
			for (const earlier of reports) {
				// the other name of the same station is no step back, and no step forward either
				if (station(earlier as RunStatus) <= station(now)) expect(after(now, [earlier])).toBe(now);
			}
		})
	);
	const late: RunStatus[] = ['uploading', 'queued', 'training', 'queued', 'finishing', 'training', 'ready', 'failed'];
	expect(after('draft', late)).toBe('ready');
});

test('an unknown word changes nothing', () => {
	for (const from of runStatuses) expect(afterReport({ status: from }, { status: 'unrecognised' })).toBe(from);
});

test('every station moves to every later one, so a missed report costs nothing', () => {
	for (const from of runStatuses) {
		for (const to of runStatuses) {
			expect(afterReport({ status: from }, { status: to })).toBe(station(to) > station(from) ? to : from);
		}
	}
});

const may = (act: keyof typeof runCan) => runStatuses.filter((one) => runCan[act]({ status: one }));

test('what can be done at each station', () => {
	expect(may('cancel')).toEqual([
		'uploading',
		'submitting',
		'unknown',
		'validating',
		'queued',
		'training',
		'finishing'
	]);
	expect(may('submit')).toEqual(['uploading', 'submitting', 'unknown']);
	expect(may('follow')).toEqual(['validating', 'queued', 'training', 'finishing', 'cancelling']);
	expect(may('evaluate')).toEqual(['ready']);
	expect(may('rerun')).toEqual(['ready', 'failed', 'cancelled']);
	expect(runStatuses.filter((one) => isOver({ status: one }))).toEqual(['ready', 'failed', 'cancelled']);
});

test('nothing that is over can be cancelled, submitted or followed, and only what is over can be run again', () => {
	for (const one of runStatuses) {
		const run = { status: one };
		if (isOver(run)) expect(runCan.cancel(run) || runCan.submit(run) || runCan.follow(run)).toBe(false);
		else expect(runCan.rerun(run) || runCan.evaluate(run)).toBe(false);
	}
});
