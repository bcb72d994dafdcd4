/** Whether a server keeps the texts of answers for some time only: when they went, or until when they are there. Both null: they stay. */
export type KeptTexts = { textsRemovedAt: Date | null; textsKeptUntil: Date | null };

/** Why a model that was asked to judge finds nothing to read. */
export const nothingToJudge =
	'The texts of its answers were removed, as this server is set: there is nothing left to read.';

const dayOf = (at: Date) => at.toISOString().slice(0, 10);

/** What a results page says where a server keeps the texts of answers for some time only; null where it keeps them. */
export const textsSentence = ({ textsRemovedAt, textsKeptUntil }: KeptTexts): string | null => {
	if (textsRemovedAt)
		return `The texts of the answers were removed on ${dayOf(textsRemovedAt)}, as this server is set. What came out, the votes and what was found in the answers stay.`;
	return (
		textsKeptUntil &&
		`This server keeps the texts of the answers until ${dayOf(textsKeptUntil)}. What came out and the votes stay; download the file to keep the texts.`
	);
};

const dayMs = 24 * 3600 * 1000;

/** Of what was revealed then, when a server keeps texts for so many days after a reveal, or for good. */
export const keptTexts = (
	{ revealedAt, textsRemovedAt }: { revealedAt: Date; textsRemovedAt: Date | null },
	days: number | undefined
): KeptTexts => ({
	textsRemovedAt,
	textsKeptUntil: textsRemovedAt === null && days !== undefined ? new Date(revealedAt.getTime() + days * dayMs) : null
});
